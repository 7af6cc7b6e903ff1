package io.snapfs.gms.load;

import io.snapfs.format.Progress;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.gms.weights.ArtifactWeights;
import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** One load: the weights of an artifact into the memory of one or more devices. For one run. */
public final class Loader {
  private final OpenArtifact artifact;
  private final int devices;
  private final Target.Opener opener;
  private final LoadOptions options;
  private final Progress progress;
  private final Phases phases = new Phases();
  private final AtomicInteger nextRun = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Object progressLock = new Object();
  private long placed;

  /**
   * @param artifact stays the caller's
   * @param devices how many
   * @param opener is asked once for each device, from several threads
   */
  public Loader(
      OpenArtifact artifact,
      int devices,
      Target.Opener opener,
      LoadOptions options,
      Progress progress) {
    this.artifact = artifact;
    this.devices = devices;
    this.opener = opener;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Does it; returns when everything is committed.
   *
   * @throws IOException of the first thing that went wrong; nothing is committed then, unless it
   *     was a later device's commit that failed
   */
  public LoadReport run() throws IOException {
    long begin = System.nanoTime();
    List<WeightsLayout> layouts = ArtifactWeights.read(artifact, devices);
    try (Targets targets = new Targets(layouts, opener, options.streams(), phases)) {
      LoadPlan plan = LoadPlan.of(artifact.manifest(), layouts, options.slotBytes());
      long planned = phases.add(Phase.PLAN, begin);
      int slots = options.slots(plan.runs().size() + (plan.holes().isEmpty() ? 0 : 1));
      try (Ring ring = new Ring(slots, options.slotBytes(), devices)) {
        fill(plan, ring, targets);
        long filled = System.nanoTime();
        for (DeviceStreams each : targets.await()) {
          each.target().commit();
        }
        long end = phases.add(Phase.COMMIT, filled);
        return new LoadReport(
            plan.placedBytes(),
            plan.storedBytes(),
            devices,
            layouts.stream().mapToInt(layout -> layout.slabs().size()).sum(),
            layouts.stream().mapToInt(layout -> layout.names().size()).sum(),
            end - begin,
            filled - Math.max(planned, targets.openedNanos()),
            phases.nanos());
      } // the ring is unpinned after the commit, for which others wait
    }
  }

  /** Fills all slabs; no copy is under way when it ends, however it does. */
  private void fill(LoadPlan plan, Ring ring, Targets targets) throws IOException {
    try {
      runWorkers(plan, ring, targets);
      fillHoles(plan, ring, targets);
    } finally {
      for (DeviceStreams each : targets.opened()) {
        each.synchronize();
      }
    }
  }

  private void runWorkers(LoadPlan plan, Ring ring, Targets targets) throws IOException {
    int count = Math.max(1, Math.min(options.jobs(), plan.runs().size()));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(() -> work(plan, ring, targets), "load " + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    boolean interrupted = join(threads);
    rethrow();
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while loading weights");
    }
  }

  /** Waits for all, whatever happens: they use memory that is about to be freed. */
  private boolean join(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          failure.compareAndSet(null, new InterruptedIOException("interrupted while loading"));
        }
      }
    }
    return interrupted;
  }

  private void work(LoadPlan plan, Ring ring, Targets targets) {
    try (LoadWorker worker = new LoadWorker(artifact, targets, phases)) {
      List<Run> runs = plan.runs();
      int number = nextRun.getAndIncrement();
      while (number < runs.size() && failure.get() == null) {
        Run run = runs.get(number);
        Slot slot = take(ring);
        try {
          worker.load(run, slot);
        } finally {
          ring.give(slot);
        }
        tell(run.placedBytes(), plan.placedBytes());
        number = nextRun.getAndIncrement();
      }
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private Slot take(Ring ring) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Slot slot = ring.take();
    boolean ready = false;
    try {
      slot.awaitCopies();
      ready = true;
    } finally {
      if (!ready) {
        ring.give(slot);
      }
    }
    phases.add(Phase.COPY, start);
    return slot;
  }

  private void rethrow() throws IOException {
    Throwable cause = failure.get();
    if (cause instanceof IOException io) {
      throw io;
    } else if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (cause instanceof Error error) {
      throw error;
    } else if (cause != null) {
      throw new IOException("a thread that loads weights was interrupted", cause);
    }
  }

  /** What is not stored is zero; the device's memory need not be. */
  private void fillHoles(LoadPlan plan, Ring ring, Targets targets) throws IOException {
    if (plan.holes().isEmpty()) {
      return;
    }
    List<DeviceStreams> streams = targets.await();
    Slot slot;
    try {
      slot = take(ring);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted while loading");
      interrupted.initCause(e);
      throw interrupted;
    }
    zero(slot.bytes(0, slot.size()));
    slot.pin(streams.get(0).target().context());
    SlotCopies copies = new SlotCopies(streams, slot);
    for (Place hole : plan.holes()) {
      for (int done = 0; done < hole.length(); done += slot.size()) {
        int here = Math.min(slot.size(), hole.length() - done);
        copies.copy(hole.device(), hole.slab(), hole.slabOffset() + done, 0, here);
      }
      tell(hole.length(), plan.placedBytes());
    }
    copies.finish();
    ring.give(slot);
  }

  private static void zero(ByteBuffer bytes) {
    while (bytes.remaining() >= Long.BYTES) {
      bytes.putLong(0);
    }
  }

  private void tell(long bytes, long total) {
    synchronized (progressLock) {
      placed += bytes;
      progress.step("loading weights", placed, total);
    }
  }
}
