package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.linux.SystemInfo;
import io.snapfs.restore.control.Sentinel;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.files.FilesAhead;
import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.pages.PageServerReport;
import io.snapfs.restore.timeline.CriuSteps;
import io.snapfs.restore.timeline.Timeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Owns a restore: the processes run when {@link #start} has returned, and in mode lazy their memory
 * goes on arriving until {@link #awaitFilled} returns. Closing it before that ends the processes,
 * which can't run without their memory. For one thread.
 */
public final class Restore implements AutoCloseable {
  /** Files are read ahead into this share of the available memory. */
  private static final int MEMORY_SHARE = 4;

  private static final String FILL = "fill the rest of the memory";

  private final ArtifactRef ref;
  private final RestoreOptions options;
  private final Timeline timeline;
  private final ArtifactReader reader;
  private final WorkFolder work;
  private FilesAhead filesAhead;
  private ImagesMount mount;
  private PageServer pages;
  private Timeline.Running filling;
  private int pid;
  private long returnedNanos;

  private Restore(ArtifactRef ref, RestoreOptions options, Timeline timeline, ArtifactReader reader)
      throws IOException {
    this.ref = ref;
    this.options = options;
    this.timeline = timeline;
    this.reader = reader;
    boolean made = false;
    try {
      this.work = new WorkFolder();
      made = true;
    } finally {
      if (!made) {
        reader.close();
      }
    }
  }

  /**
   * Restores the processes of an artifact; returns when they run.
   *
   * @param cache for its chunks; it stays the caller's, to be closed after this
   * @throws io.snapfs.format.SnapfsException with a message for the user; nothing is left behind
   */
  public static Restore start(
      Store store, ChunkCache cache, ArtifactRef ref, RestoreOptions options, Timeline timeline)
      throws IOException {
    ArtifactReader reader =
        timeline.get("open the artifact", () -> new ArtifactReader(store.openArtifact(ref), cache));
    Restore restore = new Restore(ref, options, timeline, reader);
    boolean started = false;
    try {
      restore.run(store, cache);
      started = true;
      return restore;
    } finally {
      if (!started) {
        restore.close();
      }
    }
  }

  private void run(Store store, ChunkCache cache) throws IOException {
    if (options.control() != null) {
      options.control().clear(Sentinel.RESTORE_COMPLETE);
    }
    Path tree = work.mountpoint().resolve(ref.name()).resolve(ref.tag());
    ImagesFolder images = new ImagesFolder(reader);
    filesAhead = readMappedFilesAhead(images);
    timeline.run("copy the small images", () -> images.fill(work.images(), tree));
    Pids pids = Pids.of(work.images());
    pids.checkFree();
    if (images.needsMount()) {
      mount =
          timeline.get(
              "mount",
              () -> ImagesMount.start(store, cache, work.mountpoint(), options.transport()));
    }
    restore(pids);
    if (mount != null) {
      timeline.run("unmount", mount::close);
    }
  }

  /** Null if nothing is known about the files that the processes had mapped. */
  private FilesAhead readMappedFilesAhead(ImagesFolder images) {
    try {
      MappedFiles files = MappedFiles.ofText(images.content(MappedFiles.NAME));
      return files.paths().isEmpty()
          ? null
          : FilesAhead.start(files, SystemInfo.availableMemory() / MEMORY_SHARE, timeline);
    } catch (IOException e) {
      return null; // it is advice; if more is wrong, the next step meets it and says so
    }
  }

  private void restore(Pids pids) throws IOException {
    if (options.mode() == Mode.LAZY) {
      pages =
          timeline.get(
              "start the page server",
              () -> PageServer.open(reader, List.of(work.path()), options.pageServer()));
      filling = timeline.start("page server", FILL);
    }
    Criu.Run run;
    try {
      run = runCriu();
    } catch (IOException e) {
      pids.killLeftOvers();
      throw e;
    }
    options.device().resume(List.of(pid));
    if (options.control() != null) {
      options.control().write(Sentinel.RESTORE_COMPLETE);
      timeline.mark(Timeline.SNAPFS, Sentinel.RESTORE_COMPLETE.file());
    }
    returnedNanos = System.nanoTime() - timeline.begin();
    timeline.mark(Timeline.SNAPFS, "the processes run");
    CriuSteps.add(timeline, run);
  }

  private Criu.Run runCriu() throws IOException {
    Path pidFile = work.path().resolve("pid");
    List<String> words = new ArrayList<>(List.of("--images-dir", work.images().toString()));
    words.addAll(List.of("--restore-detached", "--pidfile", pidFile.toString()));
    if (options.mode() == Mode.LAZY) {
      words.add("--lazy-pages");
    }
    words.addAll(options.criuOptions());
    Criu.Run run =
        timeline.get("criu restore", () -> options.criu().run("restore", work.path(), words));
    pid = Integer.parseInt(Files.readString(pidFile, StandardCharsets.US_ASCII).strip());
    return run;
  }

  /** The root of the restored processes. */
  public int pid() {
    return pid;
  }

  /** How long it took until the processes ran, from the beginning of the timeline. */
  public long returnedNanos() {
    return returnedNanos;
  }

  /** What the page server has done so far; empty in mode eager. */
  public Optional<PageServerReport> pageServer() {
    return Optional.ofNullable(pages).map(PageServer::report);
  }

  /**
   * Waits until all memory is there, or the processes have ended.
   *
   * @throws io.snapfs.format.SnapfsException if it can't come; the processes were killed then
   */
  public void awaitFilled() throws IOException, InterruptedException {
    if (pages != null) {
      pages.serve();
      filling.close();
    }
  }

  @Override
  public void close() throws IOException {
    ImagesMount mounted = mount;
    try (work;
        reader;
        mounted) {
      if (filesAhead != null) {
        filesAhead.close();
      }
      if (pages != null) {
        pages.close();
      }
    }
  }
}
