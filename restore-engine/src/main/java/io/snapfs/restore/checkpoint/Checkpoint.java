package io.snapfs.restore.checkpoint;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.PackResult;
import io.snapfs.format.write.Packer;
import io.snapfs.restore.control.ControlFolder;
import io.snapfs.restore.control.Sentinel;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.files.ResidentPages;
import io.snapfs.restore.parts.PartRecognition;
import io.snapfs.restore.parts.Provenance;
import io.snapfs.restore.process.LiveTree;
import io.snapfs.restore.timeline.CriuSteps;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Dumps a process with its descendants into a store. What is checked first: that there is such a
 * process, a CRIU that works, a free name, and room for the images. For one run.
 */
public final class Checkpoint {
  private final Store store;
  private final ArtifactRef name;
  private final CheckpointOptions options;
  private final Timeline timeline;

  public Checkpoint(Store store, ArtifactRef name, CheckpointOptions options, Timeline timeline) {
    this.store = store;
    this.name = name;
    this.options = options;
    this.timeline = timeline;
  }

  /**
   * Does it; returns when the artifact is published and the process has ended or goes on.
   *
   * @param pid the process; with it go all that descend from it
   * @throws io.snapfs.format.SnapfsException with a message for the user; the process goes on
   */
  public CheckpointResult run(int pid) throws IOException {
    LiveTree root = LiveTree.of(pid);
    checkName();
    Criu criu = timeline.get("find CRIU", () -> CriuFinder.find(options.criu()));
    ControlFolder control =
        options.controlFolder() == null ? null : new ControlFolder(options.controlFolder());
    if (control != null) {
      control.clear(Sentinel.SNAPSHOT_COMPLETE);
      timeline.run(
          "wait until the worker is ready",
          () -> control.await(Sentinel.READY_FOR_SNAPSHOT, root.root(), options.readyWithin()));
      control.checkNoLiveImports();
    }
    CheckpointResult result = dumpAndPack(pid, criu);
    if (control != null) {
      control.write(Sentinel.SNAPSHOT_COMPLETE);
      timeline.mark(Timeline.SNAPFS, Sentinel.SNAPSHOT_COMPLETE.file());
    }
    return result;
  }

  private void checkName() throws IOException {
    if (store.exists(name)) {
      throw new AlreadyExistsException(
          "artifact "
              + name
              + " exists already in "
              + store.location()
              + ": choose another tag, or remove it first with 'snapfs rm'");
    }
  }

  private CheckpointResult dumpAndPack(int pid, Criu criu) throws IOException {
    LiveTree tree = LiveTree.of(pid);
    MappedFiles files = timeline.get("look at mapped files", () -> ResidentPages.of(tree.pids()));
    try (StoppedTree stopped = new StoppedTree(tree, options.device())) {
      timeline.run("stop devices", stopped::stopDevice);
      long memory = tree.memory();
      try (ImagesPlace images = ImagesPlace.make(options.imagesFolder(), memory)) {
        long stop = System.nanoTime();
        dump(criu, pid, images.folder());
        if (options.leaveRunning()) {
          stopped.goOn();
        }
        long goesOn = System.nanoTime();
        files.writeTo(images.folder());
        PackResult packed = pack(criu, images.folder(), stopped.deviceFacts());
        if (!options.leaveRunning()) {
          timeline.run("end the processes", stopped::kill);
          goesOn = System.nanoTime();
        }
        return new CheckpointResult(packed, tree.pids(), criu.version(), memory, goesOn - stop);
      }
    }
  }

  private void dump(Criu criu, int pid, Path images) throws IOException {
    List<String> words = new ArrayList<>(List.of("--tree", String.valueOf(pid)));
    words.addAll(List.of("--images-dir", images.toString()));
    words.add(options.leaveRunning() ? "--leave-running" : "--leave-stopped");
    words.addAll(options.criuOptions());
    CriuSteps.add(timeline, timeline.get("criu dump", () -> criu.run("dump", images, true, words)));
  }

  private PackResult pack(Criu criu, Path images, Map<String, String> deviceFacts)
      throws IOException {
    try (PartRecognition parts = new PartRecognition(images, List.of())) {
      PackOptions defaults = PackOptions.defaults();
      Map<String, String> provenance =
          new TreeMap<>(Provenance.of(images, options.snapfsVersion()));
      provenance.put("criu.version", criu.version().toString());
      provenance.putAll(deviceFacts);
      PackOptions packOptions =
          new PackOptions(
              defaults.chunking(),
              options.codec(),
              defaults.jobs(),
              Map.of(),
              provenance,
              parts,
              options.progress());
      return timeline.get(
          "pack and publish", () -> new Packer(store, packOptions).pack(images, name));
    }
  }
}
