package io.snapfs.restore.checkpoint;

import io.snapfs.linux.Processes;
import io.snapfs.restore.device.DeviceSteps;
import io.snapfs.restore.process.LiveProcess;
import io.snapfs.restore.process.LiveTree;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Processes that were stopped to be dumped: closing it lets them go on, unless they were {@link
 * #kill}ed. They go on too if this process is told to end. Safe for use by many threads.
 */
final class StoppedTree implements AutoCloseable {
  private static final Logger LOG = System.getLogger(StoppedTree.class.getName());
  private static final long GONE_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int POLL_MILLIS = 2;

  private final LiveTree tree;
  private final DeviceSteps device;
  private final Thread exitHook = new Thread(this::goOnQuietly, "snapfs-continue-at-exit");
  private Map<String, String> deviceFacts = Map.of();
  private boolean over;

  /** Nothing is stopped yet. */
  StoppedTree(LiveTree tree, DeviceSteps device) {
    this.tree = tree;
    this.device = device;
    Runtime.getRuntime().addShutdownHook(exitHook);
  }

  /** Stops their use of devices. */
  synchronized void stopDevice() throws IOException {
    deviceFacts = device.beforeDump(tree.pids());
  }

  /** What is to be written down about devices. */
  synchronized Map<String, String> deviceFacts() {
    return deviceFacts;
  }

  /** Kills them, stopped as they are, and returns when they have ended. */
  synchronized void kill() throws IOException {
    over = true;
    tree.signal(Processes.SIGKILL);
    long deadline = System.nanoTime() + GONE_WITHIN_NANOS;
    for (LiveProcess process : tree.processes()) {
      while (process.isAlive() && System.nanoTime() - deadline < 0) {
        pause();
      }
    }
    removeHook();
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while processes end");
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    removeHook();
    goOn();
  }

  /** Lets them go on. Idempotent. */
  synchronized void goOn() throws IOException {
    if (over) {
      return;
    }
    over = true;
    try {
      tree.signal(Processes.SIGCONT);
    } finally {
      device.goOn();
    }
  }

  private void goOnQuietly() {
    try {
      goOn();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "processes " + tree.pids() + " may be stopped: kill -CONT them", e);
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down, and the hook does what is to be done.
    }
  }
}
