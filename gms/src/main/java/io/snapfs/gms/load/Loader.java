package io.snapfs.gms.load;

import io.snapfs.format.Progress;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.gms.weights.ArtifactWeights;
import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One load: the weights of an artifact into the memory of one or more devices. For one run, by one
 * thread; {@link #cancel} is for any.
 */
public final class Loader {
  private final OpenArtifact artifact;
  private final int devices;
  private final Target.Opener opener;
  private final LoadOptions options;
  private final Progress progress;
  private final WeightsCache shared;
  private final Phases phases = new Phases();
  private final FirstFailure failure = new FirstFailure();
  private CompletableFuture<?> turn = CompletableFuture.completedFuture(null);

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
    this(artifact, devices, opener, options, progress, null);
  }

  /**
   * The same with memory that other loads use as well.
   *
   * @param cache stays the caller's, to be closed after the load; null for a ring of its own
   */
  public Loader(
      OpenArtifact artifact,
      int devices,
      Target.Opener opener,
      LoadOptions options,
      Progress progress,
      WeightsCache cache) {
    this.artifact = artifact;
    this.devices = devices;
    this.opener = opener;
    this.options = options;
    this.progress = progress;
    this.shared = cache;
  }

  /**
   * Has {@link #run} read little from the store before it is its turn: others need the disk more.
   * Whatever else has to be done is done meanwhile.
   *
   * @param first what has to complete first, however; it must in the end, also after {@link
   *     #cancel}
   */
  public void readAfter(CompletableFuture<?> first) {
    turn = first.handle((nothing, failed) -> null);
  }

  /**
   * Does it; returns when everything is committed.
   *
   * @throws IOException of the first thing that went wrong; nothing is committed then, unless it
   *     was a later device's commit that failed
   */
  public LoadReport run() throws IOException {
    long begin = System.nanoTime();
    int slotBytes = shared == null ? options.slotBytes() : shared.slotBytes();
    String key = Prepared.keyOf(artifact.manifest(), devices, slotBytes);
    Prepared known = shared == null ? null : shared.plans().get(key);
    List<WeightsLayout> layouts =
        known == null ? ArtifactWeights.read(artifact, devices) : known.layouts();
    try (Targets targets = new Targets(layouts, opener, options.streams(), phases)) {
      failure.then(targets::giveUp);
      LoadPlan plan =
          known == null ? LoadPlan.of(artifact.manifest(), layouts, slotBytes) : known.plan();
      Prepared prepared = new Prepared(layouts, plan);
      long planned = phases.add(Phase.PLAN, begin);
      if (shared != null) {
        shared.plans().put(key, prepared);
        return load(prepared, key, shared, targets, begin, planned);
      }
      try (WeightsCache ring = options.ring(plan.runs().size() + plan.zeroRuns())) {
        return load(prepared, key, ring, targets, begin, planned);
      } // the ring is unpinned after the commit, for which others wait
    }
  }

  private LoadReport load(
      Prepared prepared, String key, WeightsCache cache, Targets targets, long begin, long planned)
      throws IOException {
    LoadPlan plan = prepared.plan();
    Filling filling = new Filling(artifact, key, plan, cache, targets, failure, phases, progress);
    filling.run(options.jobs(), turn);
    long filled = System.nanoTime();
    for (DeviceStreams each : targets.await()) {
      each.target().commit();
    }
    long end = phases.add(Phase.COMMIT, filled);
    long ready = Math.max(planned, targets.openedNanos());
    if (filling.firstCopyNanos() != 0) {
      phases.addNanos(Phase.START, filling.firstCopyNanos() - ready);
    }
    return new LoadReport(
        plan.placedBytes(),
        filling.storedBytes(),
        filling.cachedBytes(),
        devices,
        prepared.layouts().stream().mapToInt(layout -> layout.slabs().size()).sum(),
        prepared.layouts().stream().mapToInt(layout -> layout.names().size()).sum(),
        end - begin,
        filled - ready,
        phases.nanos());
  }

  /**
   * Ends the load soon, if it has not committed: {@link #run} throws the cause. Without effect on
   * one that has failed or ended.
   */
  public void cancel(IOException why) {
    failure.set(why);
  }
}
