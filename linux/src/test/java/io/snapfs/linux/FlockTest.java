package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FlockTest extends LinuxTest {
  /**
   * Takes the exclusive lock of a file, says so, and holds it until it is killed or its input ends.
   */
  static final class HoldLock {
    public static void main(String[] args) throws IOException {
      try (Fd fd = Open.at(Fd.CWD, Names.of(args[0]), Open.O_RDWR)) {
        Flock.exclusive(fd);
        System.out.println("locked");
        while (System.in.read() >= 0) {
          Thread.onSpinWait();
        }
      }
    }

    private HoldLock() {}
  }

  private Fd open() throws LinuxException {
    return Open.at(dir, name("lock"), Open.O_RDWR | Open.O_CREAT, 0600);
  }

  @Test
  void twoDescriptorsExcludeEachOther() throws IOException {
    try (Fd a = open();
        Fd b = open()) {
      assertTrue(Flock.tryExclusive(a));
      assertFalse(Flock.tryExclusive(b));
      assertFalse(Flock.tryShared(b));
      Flock.unlock(a);
      assertTrue(Flock.tryExclusive(b));
    }
  }

  @Test
  void sharedLocksGoTogetherAndKeepTheExclusiveOut() throws IOException {
    try (Fd a = open();
        Fd b = open();
        Fd c = open()) {
      Flock.shared(a);
      assertTrue(Flock.tryShared(b));
      assertFalse(Flock.tryExclusive(c));
      Flock.unlock(a);
      assertFalse(Flock.tryExclusive(c));
      Flock.unlock(b);
      assertTrue(Flock.tryExclusive(c));
      assertTrue(Flock.tryShared(c), "converted");
      assertTrue(Flock.tryShared(a));
    }
  }

  @Test
  void closingGivesItBack() throws IOException {
    Fd a = open();
    Flock.exclusive(a);
    a.close();
    try (Fd b = open()) {
      assertTrue(Flock.tryExclusive(b));
    }
  }

  @Test
  void waitingEndsWhenTheHolderUnlocks() throws Exception {
    try (Fd a = open();
        Fd b = open()) {
      Flock.exclusive(a);
      CompletableFuture<Boolean> waiter =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  Flock.exclusive(b);
                  return true;
                } catch (LinuxException e) {
                  throw new AssertionError(e);
                }
              });
      assertFalse(waiter.isDone());
      Flock.unlock(a);
      assertTrue(waiter.get());
      assertFalse(Flock.tryShared(a));
    }
  }

  @Test
  void anotherProcessHoldsItUntilItIsKilled() throws Exception {
    open().close();
    Process holder = new ChildJvm().start(HoldLock.class, path + "/lock");
    try (Fd fd = open()) {
      assertEquals("locked", holder.inputReader().readLine());
      assertFalse(Flock.tryExclusive(fd));
      assertFalse(Flock.tryShared(fd));
      Processes.kill((int) holder.pid(), Processes.SIGKILL);
      Flock.exclusive(fd);
      assertEquals(128 + Processes.SIGKILL, holder.waitFor());
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void aDescriptorThatCannotBeLockedIsAnErrorNotFalse() throws IOException {
    try (Fd onlyPath = Open.at(dir, name("."), Open.O_PATH)) {
      assertErrno(Errno.EBADF, () -> Flock.tryExclusive(onlyPath));
    }
  }
}
