package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgressDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aTerminalShowsABarThatGoesAwayAtTheEnd() {
    try (ProgressDisplay display = new ProgressDisplay(new Console(stream, stream, true), 0)) {
      display.step("packing", 1 << 20, 4 << 20);
      display.step("packing", 4 << 20, 4 << 20);
      display.step("publishing", 0, -1);
    }
    assertTrue(shown().contains("packing"), shown());
    assertTrue(shown().contains("publishing"), shown());
    assertEquals("", shown().substring(shown().lastIndexOf('\r') + 1).strip(), shown());
  }

  @Test
  void pipesAndShortJobsShowNothing() {
    try (ProgressDisplay pipe = new ProgressDisplay(new Console(stream, stream, false), 0);
        ProgressDisplay quick =
            new ProgressDisplay(new Console(stream, stream, true), TimeUnit.HOURS.toNanos(1))) {
      pipe.step("packing", 1, 2);
      quick.step("packing", 1, 2);
    }
    assertEquals("", shown());
  }
}
