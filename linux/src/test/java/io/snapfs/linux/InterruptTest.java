package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A signal in the middle of a call. The JVM has one whose handler does not ask the kernel to
 * restart calls: the signal by which java.nio wakes blocked threads.
 */
class InterruptTest extends LinuxTest {
  private static final int NIO_SIGNAL = 62; // SIGRTMAX - 2

  private static String status(String task, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/task/" + task + "/status"))) {
      if (line.startsWith(field + ":\t")) {
        return line.substring(field.length() + 2);
      }
    }
    throw new AssertionError("no " + field + " in the status of thread " + task);
  }

  private static void signal(String task) {
    int tgkill = Arch.current() == Arch.X86_64 ? 234 : 131;
    Native.data().syscall(tgkill, Processes.pid(), Long.parseLong(task), NIO_SIGNAL);
  }

  @Test
  void aCallThatASignalInterruptsIsMadeAgain() throws Exception {
    FileChannel.open(path).close(); // has java.nio install its handler
    long caught = Long.parseUnsignedLong(status(String.valueOf(Processes.pid()), "SigCgt"), 16);
    assumeTrue((caught >>> (NIO_SIGNAL - 1) & 1) == 1, "java.nio has no handler in this JVM");
    try (Fd holder = create("lock");
        Fd other = Open.at(dir, name("lock"), Open.O_RDWR)) {
      Flock.exclusive(holder);
      CompletableFuture<String> task = new CompletableFuture<>();
      CompletableFuture<Void> waiter =
          CompletableFuture.runAsync(
              () -> lockAndTell(other, task), command -> new Thread(command).start());
      while (!status(task.get(), "State").startsWith("S")) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < 20; i++) {
        signal(task.get());
        Thread.sleep(1);
        assertFalse(waiter.isDone(), "the call ended without the lock");
      }
      Flock.unlock(holder);
      waiter.get();
      assertFalse(Flock.tryShared(holder));
    }
  }

  private static void lockAndTell(Fd fd, CompletableFuture<String> task) {
    try {
      task.complete(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
      Flock.exclusive(fd);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
