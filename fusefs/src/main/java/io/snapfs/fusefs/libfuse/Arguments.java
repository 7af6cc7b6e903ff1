package io.snapfs.fusefs.libfuse;

import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.fusefs.transport.MountOptions.Flag;
import io.snapfs.linux.Addresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Options in the form that libfuse parses: {@code struct fuse_args} of fuse_opt.h with an argument
 * vector behind it. libfuse takes out what it understood and puts the rest into memory of its own,
 * to be freed with {@code fuse_opt_free_args}; this memory stays ours.
 */
final class Arguments {
  private static final int ARGC = 0;
  private static final int ARGV = 8;
  private static final int VECTOR = 24;

  /**
   * Requests in flight before the kernel stops reading ahead: the more the decoders have to choose
   * from, the better.
   */
  private static final String BACKGROUND = "max_background=64,congestion_threshold=48";

  private final ByteBuffer memory;

  private Arguments(ByteBuffer memory) {
    this.memory = memory;
  }

  static Arguments of(MountOptions options) {
    return of("snapfs", "-o" + text(options));
  }

  static String text(MountOptions options) {
    List<String> words = new ArrayList<>();
    words.add("ro");
    words.add("subtype=snapfs");
    words.add("fsname=" + escaped(options.source()));
    words.add(BACKGROUND);
    for (Flag flag : options.flags()) {
      if (flag == Flag.DIRECT_IO) {
        continue; // not an option of the low-level interface, but an answer to each open
      }
      words.add(flag.name().toLowerCase(Locale.ROOT));
    }
    return String.join(",", words);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace(",", "\\,");
  }

  private static Arguments of(String... words) {
    int vectorSize = (words.length + 1) * Long.BYTES;
    int size = VECTOR + vectorSize;
    byte[][] encoded = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      encoded[i] = words[i].getBytes(StandardCharsets.UTF_8);
      size += encoded[i].length + 1;
    }
    ByteBuffer memory = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    long address = Addresses.of(memory);
    memory.putInt(ARGC, words.length).putLong(ARGV, address + VECTOR);
    int at = VECTOR + vectorSize;
    for (int i = 0; i < words.length; i++) {
      memory.putLong(VECTOR + i * Long.BYTES, address + at);
      memory.put(at, encoded[i]);
      at += encoded[i].length + 1;
    }
    return new Arguments(memory);
  }

  long address() {
    return Addresses.of(memory);
  }
}
