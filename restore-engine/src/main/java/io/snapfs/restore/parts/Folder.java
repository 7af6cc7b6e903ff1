package io.snapfs.restore.parts;

import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Open;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** What the files of a folder are together, told by those that only such a folder has. */
enum Folder {
  /** Nothing in particular. */
  PLAIN,

  /** The images of a CRIU dump: {@code inventory.img} is there, with its magic number. */
  CRIU,

  /** The saved device memory of a GMS: {@code gms_metadata.json} and {@code shards/} are there. */
  GMS;

  /** First four bytes of {@code inventory.img}, little-endian (CRIU's INVENTORY_MAGIC). */
  private static final int INVENTORY_MAGIC = 0x58313116;

  /**
   * Looks at a folder.
   *
   * @param root what the path is relative to
   * @param path bytes as ISO 8859-1; empty for {@code root} itself
   */
  static Folder of(Fd root, String path) {
    String prefix = path.isEmpty() ? "" : path + "/";
    if (hasInventory(root, prefix + "inventory.img")) {
      return CRIU;
    }
    boolean saved =
        stat(root, prefix + "gms_metadata.json", Stat::isRegular)
            && stat(root, prefix + "manifest.json", Stat::isRegular)
            && stat(root, prefix + "shards", Stat::isDirectory);
    return saved ? GMS : PLAIN;
  }

  // O_NONBLOCK: opening a FIFO of that name must not wait for its writer.
  private static boolean hasInventory(Fd root, String path) {
    int flags = Open.O_RDONLY | Open.O_NOFOLLOW | Open.O_NONBLOCK;
    try (Fd file = Open.at(root, bytes(path), flags)) {
      ByteBuffer magic = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      FileIo.preadFully(file, magic, 0);
      return magic.getInt(0) == INVENTORY_MAGIC;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean stat(Fd root, String path, Predicate<Stat> expectation) {
    try {
      return expectation.test(Stat.lstatAt(root, bytes(path)));
    } catch (LinuxException e) {
      return false;
    }
  }

  static byte[] bytes(String path) {
    return path.getBytes(StandardCharsets.ISO_8859_1);
  }
}
