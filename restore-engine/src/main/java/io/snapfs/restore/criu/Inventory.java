package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;

/**
 * What a dump says of itself, {@code inventory.img}.
 *
 * @param imageVersion of the format of the images; 1 and 2 are in use
 */
public record Inventory(int imageVersion) {
  /** Name of the image. */
  public static final String FILE = "inventory.img";

  private static final int IMAGE_VERSION = 1;

  /** Reads it. */
  public static Inventory read(ImageFolder folder) throws IOException {
    ImageRecords records = ImageRecords.inventory(folder, FILE);
    if (!records.hasNext()) {
      throw new CorruptException(records.resource(), -1, "it has no record");
    }
    ProtobufReader record = records.next();
    int version = 0;
    while (record.next()) {
      if (record.field() == IMAGE_VERSION) {
        version = record.integer32();
      }
    }
    if (version < 1) {
      throw record.damaged("image version " + version);
    }
    return new Inventory(version);
  }
}
