package io.snapfs.fusefs;

import io.snapfs.linux.Attributes;
import io.snapfs.linux.Entries;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Mode;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Makes a tree with everything that the file tree of an artifact can hold. Needs root. */
final class SourceTree {
  static final String BIG = "big";
  static final String SPARSE = "sparse";
  static final long SPARSE_SIZE = 1L << 40;
  static final int DEPTH = 60;
  static final int MANY = 5000;

  /** Where the data of the sparse file is, 4096 bytes each. */
  static final long[] SPARSE_DATA = {
    0, 4096L * 17, 5L << 30, (1L << 39) + 4096, SPARSE_SIZE - 4096
  };

  private static final int BIG_SIZE = 9 * 1024 * 1024 + 123;
  private static final byte[] NOT_UTF8 = {
    'n', (byte) 0xff, (byte) 0xfe, '\n', '\\', ' ', (byte) 0xc3
  };

  private final Fd root;
  private final Random random;

  private SourceTree(Fd root, Random random) {
    this.root = root;
    this.random = random;
  }

  static void make(Path directory, long seed) throws IOException {
    try (Fd root = Open.directory(Fd.CWD, Names.of(directory.toString()))) {
      SourceTree tree = new SourceTree(root, new Random(seed));
      tree.files();
      tree.sparse();
      tree.kinds();
      tree.names();
      tree.deep();
      tree.many();
      tree.attributes();
    }
  }

  private void files() throws IOException {
    write(root, Names.of("empty"), new byte[0]);
    write(root, Names.of("one"), new byte[] {1});
    write(root, Names.of("page"), bytes(4096));
    write(root, Names.of("beyond"), bytes(4097));
    byte[] big = bytes(BIG_SIZE);
    Arrays.fill(big, 1 << 20, 2 << 20, (byte) 0);
    write(root, Names.of(BIG), big);
    write(
        root,
        Names.of("text"),
        "a line that compresses well\n".repeat(50_000).getBytes(StandardCharsets.US_ASCII));
  }

  private void sparse() throws IOException {
    try (Fd file = create(root, Names.of(SPARSE))) {
      FileSpace.truncate(file, SPARSE_SIZE);
      for (long offset : SPARSE_DATA) {
        FileIo.pwriteFully(file, direct(bytes(4096)), offset);
      }
    }
  }

  private void kinds() throws LinuxException {
    Entries.symlink(Names.of("../some where/\\odd"), root, Names.of("symlink"));
    Entries.symlink(new byte[] {'x', (byte) 0xff, '\n'}, root, Names.of("odd-symlink"));
    byte[] longTarget = new byte[4000];
    Arrays.fill(longTarget, (byte) 't');
    Entries.symlink(longTarget, root, Names.of("long-symlink"));
    Entries.mknod(root, Names.of("fifo"), Mode.S_IFIFO | 0640, 0, 0);
    Entries.mknod(root, Names.of("socket"), Mode.S_IFSOCK | 0755, 0, 0);
    Entries.mknod(root, Names.of("character"), Mode.S_IFCHR | 0600, 1, 3);
    Entries.mknod(root, Names.of("block"), Mode.S_IFBLK | 0600, 259, 70_000);
    Entries.mkdir(root, Names.of("empty-directory"), 0711);
    Entries.mkdir(root, Names.of("links"), 0755);
    try (Fd links = Open.directory(root, Names.of("links"))) {
      Entries.link(root, Names.of("page"), links, Names.of("page again"));
      Entries.link(root, Names.of("symlink"), links, Names.of("symlink again"));
    }
  }

  private void names() throws IOException {
    Entries.mkdir(root, NOT_UTF8, 0755);
    try (Fd directory = Open.directory(root, NOT_UTF8)) {
      write(directory, NOT_UTF8, NOT_UTF8);
      write(directory, filled(255, (byte) 'n'), bytes(10));
      write(directory, filled(255, (byte) 0xfe), bytes(10));
      for (int b = 1; b < 256; b++) {
        if (b != '/' && b != '.') {
          write(directory, new byte[] {(byte) b}, new byte[] {(byte) b});
        }
      }
    }
  }

  private void deep() throws IOException {
    byte[] name = filled(60, (byte) 'd');
    Fd directory = Open.directory(root, Names.of("."));
    for (int depth = 0; depth < DEPTH; depth++) {
      Entries.mkdir(directory, name, 0755);
      Fd next = Open.directory(directory, name);
      directory.close();
      directory = next;
    }
    write(directory, Names.of("bottom"), bytes(5000));
    directory.close();
  }

  private void many() throws IOException {
    Entries.mkdir(root, Names.of("many"), 0755);
    try (Fd directory = Open.directory(root, Names.of("many"))) {
      for (int i = 0; i < MANY; i++) {
        write(
            directory,
            Names.of("entry-" + i),
            Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private void attributes() throws IOException {
    byte[] name = Names.of("odd-attributes");
    write(root, name, bytes(100));
    byte[] path = Xattrs.pathIn(root, name);
    Xattrs.set(path, Names.of("user.small"), bytes(1), 0);
    Xattrs.set(path, Names.of("user.empty"), new byte[0], 0);
    Xattrs.set(path, Names.of("user.large"), bytes(3000), 0);
    Xattrs.set(path, Names.of("trusted.snapfs"), bytes(20), 0);
    Attributes.chown(root, name, 12345, 0x7ffffff0);
    try (Fd file = Open.at(root, name, Open.O_RDWR)) {
      Attributes.chmod(file, 07751);
    }
    Attributes.setTimes(root, name, 1, 2, -3, 999_999_999);
    Attributes.setTimes(root, Names.of("symlink"), 5, 6, 7_000_000_000L, 1);
    Attributes.setTimes(root, Names.of("empty-directory"), 5, 6, 1_234_567_890, 123_456_789);
    try (Fd directory = Open.directory(root, Names.of("empty-directory"))) {
      Xattrs.set(directory, Names.of("user.of-directory"), bytes(5), 0);
      Attributes.chmod(directory, 03711);
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] filled(int length, byte value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private static Fd create(Fd directory, byte[] name) throws LinuxException {
    return Open.at(directory, name, Open.O_RDWR | Open.O_CREAT | Open.O_EXCL, 0644);
  }

  static void write(Fd directory, byte[] name, byte[] content) throws IOException {
    try (Fd file = create(directory, name)) {
      FileIo.pwriteFully(file, direct(content), 0);
    }
  }

  private static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(0, content);
  }
}
