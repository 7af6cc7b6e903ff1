package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

final class FailuresTest {
  @Test
  void ourMessagesStandAlone() {
    assertEquals("no store at x", Failures.describe(new MissingException("no store at x")));
  }

  @Test
  void wrappersAreTakenOff() {
    CorruptException damage = new CorruptException("packs/1", 12, "too short");
    Throwable wrapped = new ExecutionException(new UncheckedIOException(damage));
    assertEquals(damage, Failures.cause(wrapped));
    assertEquals("packs/1 at offset 12 is damaged: too short", Failures.describe(wrapped));
  }

  @Test
  void exceptionsOfFilesSayWhatIsWrong() {
    assertEquals("/a: no such file or directory", Failures.describe(new NoSuchFileException("/a")));
    assertEquals("/a: permission denied", Failures.describe(new AccessDeniedException("/a")));
    assertEquals(
        "/a: No space left on device",
        Failures.describe(new FileSystemException("/a", null, "No space left on device")));
  }

  @Test
  void bugsAreCalledBugs() {
    assertTrue(Failures.describe(new IllegalStateException("x")).startsWith("internal error"));
  }

  @Test
  void anExceptionWithoutMessageHasItsName() {
    assertEquals("java.io.IOException", Failures.describe(new IOException()));
  }
}
