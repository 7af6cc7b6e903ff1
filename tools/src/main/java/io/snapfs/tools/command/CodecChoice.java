package io.snapfs.tools.command;

import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.tools.option.ByteSize;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How to compress: options of every command that packs. */
final class CodecChoice {
  private static final int MAX_CORES = 1024;

  @Option(
      names = "--codec",
      paramLabel = "CODEC",
      description =
          "How to compress: auto (a trial on every chunk), raw, lz4, zstd or zstd:LEVEL."
              + " Default: auto.")
  private CodecPolicy codec;

  @Option(
      names = "--target-bandwidth",
      paramLabel = "SIZE",
      description =
          "With codec auto: plain bytes a second that a reader will want, such as 20G. As many"
              + " chunks as its processors can decode at that rate are stored small, the others"
              + " with lz4 or raw. Default: all are, but for 'checkpoint' without --codec, which"
              + " takes 7G: that makes a difference for less than four processors.")
  private ByteSize targetBandwidth;

  @Option(
      names = "--target-cores",
      paramLabel = "N",
      description = "With --target-bandwidth: processors of the reader. Default: as many as here.")
  private Integer targetCores;

  /**
   * The policy that was chosen.
   *
   * @throws ParameterException if the options don't go together
   */
  CodecPolicy policy(CommandSpec spec) {
    if (targetBandwidth == null && targetCores != null) {
      throw new ParameterException(spec.commandLine(), "--target-cores needs --target-bandwidth");
    }
    if (targetBandwidth == null) {
      return codec == null ? CodecPolicy.AUTO : codec;
    }
    return forBandwidth(spec, targetBandwidth.bytes());
  }

  /**
   * The policy that was chosen; if none was, one for a bandwidth.
   *
   * @param bytesPerSecond plain bytes that a reader will want
   * @throws ParameterException if the options don't go together
   */
  CodecPolicy policyOr(CommandSpec spec, long bytesPerSecond) {
    return codec == null && targetBandwidth == null
        ? forBandwidth(spec, bytesPerSecond)
        : policy(spec);
  }

  private CodecPolicy forBandwidth(CommandSpec spec, long bytesPerSecond) {
    if (codec != null && codec.mode() != CodecPolicy.Mode.AUTO) {
      throw new ParameterException(
          spec.commandLine(), "--target-bandwidth chooses codecs itself: leave out --codec");
    }
    int cores = targetCores == null ? Runtime.getRuntime().availableProcessors() : targetCores;
    if (bytesPerSecond < 1 || cores < 1 || cores > MAX_CORES) {
      throw new ParameterException(
          spec.commandLine(),
          "--target-bandwidth takes more than 0 bytes a second, --target-cores 1 to " + MAX_CORES);
    }
    return CodecPolicy.forBandwidth(bytesPerSecond, cores);
  }
}
