package io.snapfs.format.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Owns all sections of a manifest that is being built. Closing deletes their files. */
final class Spills implements AutoCloseable {
  private final Map<SectionType, SpillFile> bytes = new EnumMap<>(SectionType.class);
  private final Map<SectionType, SpillTable> tables = new EnumMap<>(SectionType.class);

  Spills(Path scratch) throws IOException {
    try {
      for (SectionType type : SectionType.values()) {
        if (type.entrySize() == 1) {
          bytes.put(type, new SpillFile(scratch, type.name()));
        } else {
          tables.put(type, new SpillTable(scratch, type));
        }
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  SpillTable table(SectionType type) {
    return tables.get(type);
  }

  /** A section without records. */
  SpillFile bytes(SectionType type) {
    return bytes.get(type);
  }

  /** All sections as they are now, in the order of the manifest. */
  List<SectionSource> sources() {
    List<SectionSource> sources = new ArrayList<>();
    for (SectionType type : SectionType.values()) {
      SpillFile file = bytes.get(type);
      sources.add(
          file == null
              ? tables.get(type).source()
              : new SectionSource(type.number(), 1, file.length(), file::copyTo));
    }
    return sources;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SpillFile file : bytes.values()) {
      failure = close(file, failure);
    }
    for (SpillTable table : tables.values()) {
      failure = close(table.file(), failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IOException close(SpillFile file, IOException earlier) {
    try {
      file.close();
      return earlier;
    } catch (IOException e) {
      if (earlier != null) {
        earlier.addSuppressed(e);
        return earlier;
      }
      return e;
    }
  }
}
