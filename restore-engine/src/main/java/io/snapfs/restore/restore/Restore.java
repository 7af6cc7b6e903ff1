package io.snapfs.restore.restore;

import io.snapfs.format.prefetch.Prefetch;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.Names;
import io.snapfs.restore.control.Sentinel;
import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuException;
import io.snapfs.restore.files.MappedFiles;
import io.snapfs.restore.pages.LazyRestore;
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
import java.util.concurrent.CompletableFuture;

/**
 * Owns a restore: the processes run when {@link #start} has returned, and in mode lazy their memory
 * goes on arriving until {@link #awaitFilled} returns. Closing it before that ends the processes,
 * which can't run without their memory. For one thread.
 */
public final class Restore implements AutoCloseable {
  private static final String ACTION = "restore";
  private static final String FILL = "fill the rest of the memory";

  private final ServedArtifact served;
  private final RestoreOptions options;
  private final Timeline timeline;
  private final WorkFolder work;
  private final AheadOfCriu filesAhead;
  private final AheadOfCriu imagesAhead;
  private Pids pids;
  private ImagesMounts.Use mount;
  private LazyRestore pages;
  private Timeline.Running filling;
  private Criu.Run criuRun;
  private int pid;
  private long returnedNanos;

  private Restore(ServedArtifact served, RestoreOptions options, Timeline timeline)
      throws IOException {
    this.served = served;
    this.options = options;
    this.timeline = timeline;
    this.work = new WorkFolder();
    this.filesAhead = new AheadOfCriu(timeline, served.threadsAhead());
    this.imagesAhead = new AheadOfCriu(timeline, served.threadsAhead());
  }

  /**
   * Restores the processes of an artifact; returns when they run.
   *
   * @param served stays the caller's, to be closed after this
   * @throws io.snapfs.format.SnapfsException with a message for the user; nothing is left behind
   */
  public static Restore start(ServedArtifact served, RestoreOptions options, Timeline timeline)
      throws IOException {
    Restore restore = prepare(served, options, timeline, true);
    boolean started = false;
    try {
      restore.runCriu();
      started = true;
      return restore;
    } finally {
      if (!started) {
        restore.close();
      }
    }
  }

  /**
   * Does all but run CRIU: that is for the caller, who runs {@link #command} and then calls {@link
   * #criuEnded}.
   *
   * @param here whether CRIU is going to run in this pid namespace, so that it can be looked at
   *     before whether process numbers are free
   * @throws io.snapfs.format.SnapfsException with a message for the user; nothing is left behind
   */
  public static Restore prepare(
      ServedArtifact served, RestoreOptions options, Timeline timeline, boolean here)
      throws IOException {
    Restore restore = new Restore(served, options, timeline);
    boolean prepared = false;
    try {
      restore.prepare(here);
      prepared = true;
      return restore;
    } finally {
      if (!prepared) {
        restore.close();
      }
    }
  }

  private void prepare(boolean here) throws IOException {
    ImagesFolder images = new ImagesFolder(served.reader());
    options
        .device()
        .beforeRestore(served.reader().manifest().provenance(), images.content(ImagesFolder.FILES));
    if (options.control() != null) {
      options.control().clear(Sentinel.RESTORE_COMPLETE);
      options.control().clear(Sentinel.SNAPSHOT_COMPLETE);
    }
    CompletableFuture<Void> filesAsked = new CompletableFuture<>();
    filesAhead.read("mapped files", this::wantedFiles, () -> filesAsked.complete(null));
    if (options.asked() != null) {
      Thread asking = new Thread(() -> askForPages(filesAsked), "snapfs-pages-ahead");
      asking.setDaemon(true);
      asking.start();
    }
    Path tree = images.needsMount() ? mount() : null;
    timeline.run("copy the small images", () -> images.fill(work.images(), tree));
    pids = Pids.of(work.images());
    if (here) {
      pids.checkFree();
    }
    if (options.mode() == Mode.LAZY) {
      PageServer server = served.pages(timeline);
      if (tree != null) {
        imagesAhead.read("images", () -> eagerPages(server.readByCriu(), tree), () -> {});
      }
      pages = server.add(work.path());
      filling = timeline.start("page server", FILL);
    }
  }

  /** Where the artifact's tree is mounted. */
  private Path mount() throws IOException {
    mount = timeline.get("mount", () -> served.mounts().use(options.transport()));
    return mount.of(served.ref());
  }

  /** CRIU looks at the kernel for a while before it reads them. */
  private static MappedFiles eagerPages(List<PageServer.Pages> wanted, Path tree) {
    MappedFiles files = new MappedFiles();
    String folder = new String(Names.of(tree.toString()), StandardCharsets.ISO_8859_1);
    for (PageServer.Pages each : wanted) {
      files.add(folder + '/' + each.path(), each.offset(), each.length());
    }
    return files;
  }

  /** For chunks, which the page server is going to read; then it is somebody else's turn. */
  private void askForPages(CompletableFuture<Void> filesAsked) {
    long start = System.nanoTime();
    try (OpenArtifact artifact = served.store().openArtifact(served.ref())) {
      Prefetch.ask(artifact);
      timeline.add("pages", "ask for stored chunks", start, System.nanoTime());
    } catch (IOException e) {
      timeline.mark(
          "pages", "not asked for"); // it is advice; whoever needs them says what is wrong
    }
    filesAsked.join();
    options.asked().run();
  }

  /** CRIU's own files, which it can't begin without, and those that the processes had mapped. */
  private MappedFiles wantedFiles() throws IOException {
    MappedFiles files = new MappedFiles();
    for (Path file : options.criu().files()) {
      String name = new String(Names.of(file.toString()), StandardCharsets.ISO_8859_1);
      files.add(name, 0, Math.max(1, Files.size(file)));
    }
    ImagesFolder images = new ImagesFolder(served.reader()); // for this thread
    files.addAll(MappedFiles.ofText(images.content(MappedFiles.NAME)));
    return files;
  }

  private void runCriu() throws IOException {
    Criu.Run run;
    try {
      run =
          timeline.get(
              "criu restore",
              () -> options.criu().run(ACTION, work.path(), options.phases(), criuOptions()));
    } catch (CriuException e) {
      if (!e.isPidInUse()) { // else they may be those of a restore that began at the same time
        pids.killLeftOvers();
      }
      throw e;
    } catch (IOException e) {
      pids.killLeftOvers();
      throw e;
    }
    succeeded(run);
  }

  /** The command line of CRIU. */
  public List<String> command() {
    return options.criu().command(ACTION, work.path(), options.phases(), criuOptions());
  }

  /** Where standard output and error of CRIU belong. */
  public Path output() {
    return options.criu().output(ACTION, work.path());
  }

  /**
   * CRIU has ended; what comes after it is done.
   *
   * @param startNanos when it was started, by {@link System#nanoTime}
   * @param exitCode of it
   * @throws io.snapfs.format.SnapfsException if it failed: with a message for the user
   */
  public void criuEnded(long startNanos, int exitCode) throws IOException {
    Criu.Run run = options.criu().ended(ACTION, work.path(), startNanos, exitCode == 0);
    timeline.add(Timeline.SNAPFS, "criu restore", run.startNanos(), run.endNanos());
    succeeded(run);
  }

  private void succeeded(Criu.Run run) throws IOException {
    pid = Integer.parseInt(Files.readString(pidFile(), StandardCharsets.US_ASCII).strip());
    try {
      timeline.run("bring devices back", () -> options.device().afterRestore(pid));
    } catch (IOException e) {
      pids.killLeftOvers(); // what has lost its device can't run
      throw e;
    }
    if (options.control() != null) {
      options.control().write(Sentinel.RESTORE_COMPLETE);
      timeline.mark(Timeline.SNAPFS, Sentinel.RESTORE_COMPLETE.file());
    }
    returnedNanos = System.nanoTime() - timeline.begin();
    timeline.mark(Timeline.SNAPFS, "the processes run");
    criuRun = run;
  }

  /** Adds what CRIU did to the timeline, if that is wanted; it takes some milliseconds. */
  public void addCriuSteps() throws IOException {
    if (options.phases()) {
      CriuSteps.add(timeline, criuRun);
    }
  }

  private Path pidFile() {
    return work.path().resolve("pid");
  }

  private List<String> criuOptions() {
    List<String> words = new ArrayList<>(List.of("--images-dir", work.images().toString()));
    words.addAll(List.of("--restore-detached", "--pidfile", pidFile().toString()));
    if (options.mode() == Mode.LAZY) {
      words.add("--lazy-pages");
    }
    words.addAll(options.criuOptions());
    return words;
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
    return Optional.ofNullable(pages).map(LazyRestore::report);
  }

  /**
   * Waits until all memory is there, or the processes have ended.
   *
   * @throws io.snapfs.format.SnapfsException if it can't come; the processes were killed then
   */
  public void awaitFilled() throws IOException, InterruptedException {
    if (mount != null) {
      imagesAhead.close();
      timeline.run("unmount", mount::close); // CRIU has read all that it reads
    }
    if (pages != null) {
      pages.awaitEnd();
      filling.close();
    }
  }

  @Override
  public void close() throws IOException {
    ImagesMounts.Use mounted = mount;
    try (work;
        mounted) {
      filesAhead.close();
      imagesAhead.close();
      if (pages != null && !pages.hasEnded()) {
        pages.abandon();
        awaitAbandoned();
      }
    }
  }

  /** The socket lies in the work folder, so it has to go first. */
  private void awaitAbandoned() {
    boolean interrupted = false;
    while (!pages.hasEnded()) {
      try {
        pages.awaitEnd();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (IOException e) {
        break; // that it was abandoned is no news
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
