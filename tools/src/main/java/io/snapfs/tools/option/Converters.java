package io.snapfs.tools.option;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.gms.cuda.GpuPair;
import io.snapfs.restore.parts.ExplicitPart;
import io.snapfs.restore.restore.Mode;
import io.snapfs.tools.bench.Pattern;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How options get their values. What an option refuses is explained in words, with an example of
 * what it takes.
 */
public final class Converters {
  /** Patterns of classes that no option is of. */
  private static final String UNUSED = "java\\.sql\\..*,java\\.time\\..*";

  private Converters() {}

  /**
   * Has command lines that are made from now on go without some of picocli's own converters, whose
   * classes take 15 ms of every command's start. For the whole process.
   */
  public static void leaveOutUnused() {
    System.setProperty("picocli.converters.excludes", UNUSED);
  }

  /** Teaches a command line, with all of its commands, the types of our options. */
  public static void register(CommandLine line) {
    line.registerConverter(Path.class, explained(Converters::path, "/srv/store"));
    line.registerConverter(ArtifactRef.class, explained(ArtifactRef::parse, "worker or worker:v1"));
    line.registerConverter(Chunking.class, explained(Chunking::parse, "cdc:128K"));
    line.registerConverter(CodecPolicy.class, explained(CodecPolicy::parse, "zstd:3"));
    line.registerConverter(
        ExplicitPart.class, explained(ExplicitPart::parse, "models/llama=weights"));
    line.registerConverter(Transport.class, explained(Transports::named, "libfuse"));
    line.registerConverter(Pattern.class, explained(Pattern::parse, "random"));
    line.registerConverter(Mode.class, explained(Converters::mode, "lazy"));
    line.registerConverter(GpuPair.class, explained(GpuPair::parse, GpuPair.EXAMPLE));
    line.registerConverter(ByteSize.class, explained(ByteSize::parse, "512M"));
  }

  private static Mode mode(String text) {
    return switch (text) {
      case "lazy" -> Mode.LAZY;
      case "eager" -> Mode.EAGER;
      default ->
          throw new IllegalArgumentException("'" + text + "' is no mode; there are lazy and eager");
    };
  }

  /** An empty path is the current directory to Java; to a user it is a variable that is not set. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the path is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "the path can't be used: " + e.getReason() + "; the locale must be UTF-8", e);
    }
  }

  private static <T> ITypeConverter<T> explained(Function<String, T> parse, String example) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage() + " (for example: " + example + ")");
      }
    };
  }
}
