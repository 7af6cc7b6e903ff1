package io.snapfs.restore.criu;

import io.snapfs.format.read.TestArtifacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes CRIU images for tests, whole or wrong, byte by byte. */
public final class SampleImages {
  public static final int PAGE = 4096;

  private static final int COMMON = 0x54564319;
  private static final int VARINT = 0;
  private static final int BYTES = 2;

  /** Private and anonymous. */
  public static final int LAZY_FLAGS = 0x22;

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /** With an inventory, and nothing else. */
  public SampleImages() {
    files.put(Inventory.FILE, image(0x58313116, message().field(1, 2)).bytes());
  }

  /** A message that is being written; fields in the order of the calls. */
  public static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Message field(int number, long value) {
      varint((long) number << 3 | VARINT);
      varint(value);
      return this;
    }

    public Message field(int number, Message value) {
      varint((long) number << 3 | BYTES);
      varint(value.out.size());
      return raw(value.out.toByteArray());
    }

    public Message raw(byte... bytes) {
      out.writeBytes(bytes);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long left = value;
      while (left >>> 7 != 0) {
        out.write((int) ((left & 0x7f) | 0x80));
        left >>>= 7;
      }
      out.write((int) left);
    }
  }

  public static Message message() {
    return new Message();
  }

  /** An image without common magic number. */
  private static Message image(int magic, Message... records) {
    Message image = message().raw(word(magic));
    for (Message record : records) {
      image.raw(word(record.out.size())).raw(record.bytes());
    }
    return image;
  }

  private static byte[] word(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** Adds or replaces any file. */
  public SampleImages file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  /** Adds or replaces an image. */
  public SampleImages image(String name, int magic, Message... records) {
    byte[] rest = image(magic, records).bytes();
    return file(name, message().raw(word(COMMON)).raw(rest).bytes());
  }

  /** Processes, each the child of the one before. */
  public SampleImages tree(int... pids) {
    Message[] records = new Message[pids.length];
    for (int i = 0; i < pids.length; i++) {
      records[i] =
          message()
              .field(1, pids[i])
              .field(2, i == 0 ? 0 : pids[i - 1])
              .field(3, pids[0])
              .field(4, pids[0])
              .field(5, pids[i])
              .field(5, pids[i] + 1000);
    }
    return image(ProcessTree.FILE, 0x50273030, records);
  }

  /** Mappings of a process: start, end and flags of each. */
  public SampleImages memory(int pid, long... areas) {
    Message record = message().field(1, 0x400000);
    for (int i = 0; i < areas.length; i += 3) {
      record.field(
          14,
          message()
              .field(1, areas[i])
              .field(2, areas[i + 1])
              .field(5, 3)
              .field(6, areas[i + 2])
              .field(7, 513));
    }
    return image("mm-" + pid + ".img", 0x57492820, record);
  }

  /** Pages of a process: address, count and flags of each run. */
  public SampleImages pagemap(int pid, int pagesId, long... runs) {
    Message[] records = new Message[1 + runs.length / 3];
    records[0] = message().field(1, pagesId);
    for (int i = 0; i < runs.length; i += 3) {
      records[1 + i / 3] = message().field(1, runs[i]).field(2, runs[i + 1]).field(4, runs[i + 2]);
    }
    return image("pagemap-" + pid + ".img", 0x56084025, records);
  }

  /** Writes them to a directory. */
  public ImageFolder write(Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve(file.getKey()), file.getValue());
    }
    return new DirectoryFolder(directory);
  }

  /** Adds them to an artifact. */
  public TestArtifacts addTo(TestArtifacts artifact) {
    files.forEach(artifact::file);
    return artifact;
  }
}
