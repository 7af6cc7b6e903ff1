package io.snapfs.tools.option;

import io.snapfs.format.ArtifactRef;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How options get their values. What an option refuses is explained in words, with an example of
 * what it takes.
 */
public final class Converters {
  private Converters() {}

  /** Teaches a command line, with all of its commands, the types of our options. */
  public static void register(CommandLine line) {
    line.registerConverter(ArtifactRef.class, explained(ArtifactRef::parse, "worker or worker:v1"));
    line.registerConverter(ByteSize.class, explained(ByteSize::parse, "512M"));
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
