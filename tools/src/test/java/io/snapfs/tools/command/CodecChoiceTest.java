package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.tools.option.Converters;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class CodecChoiceTest {
  private static final long WANTED = 7L << 30;

  @Command
  private static final class Packing {
    @Mixin private CodecChoice codec;
  }

  private static CommandLine parsed(String... words) {
    CommandLine line = new CommandLine(new Packing());
    Converters.register(line);
    line.parseArgs(words);
    return line;
  }

  private static CodecPolicy policy(String... words) {
    CommandLine line = parsed(words);
    return ((Packing) line.getCommand()).codec.policy(line.getCommandSpec());
  }

  private static CodecPolicy policyOr(String... words) {
    CommandLine line = parsed(words);
    return ((Packing) line.getCommand()).codec.policyOr(line.getCommandSpec(), WANTED);
  }

  @Test
  void whatIsNotAskedForIsAutoOrTheCommandsBandwidth() {
    assertEquals(CodecPolicy.AUTO, policy());
    int cores = Runtime.getRuntime().availableProcessors();
    assertEquals(CodecPolicy.forBandwidth(WANTED, cores), policyOr());
    assertTrue(policyOr("--target-cores", "2").dearShare() < 1);
    assertEquals(CodecPolicy.AUTO, policyOr("--target-cores", "4"), "four decode fast enough");
  }

  @Test
  void whatIsAskedForHolds() {
    assertEquals(CodecPolicy.AUTO, policyOr("--codec", "auto"));
    assertEquals(CodecPolicy.LZ4, policyOr("--codec", "lz4"));
    assertEquals(
        CodecPolicy.forBandwidth(20L << 30, 3),
        policyOr("--target-bandwidth", "20G", "--target-cores", "3"));
    assertEquals(policy("--target-bandwidth", "20G"), policyOr("--target-bandwidth", "20G"));
    assertThrows(ParameterException.class, () -> policyOr("--target-cores", "0"));
    assertThrows(
        ParameterException.class, () -> policyOr("--codec", "auto", "--target-cores", "2"));
  }
}
