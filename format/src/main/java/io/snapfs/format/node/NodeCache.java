package io.snapfs.format.node;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Node;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Flock;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/**
 * Owns a process's part in a node's directory of materialised files: see the package. Make one for
 * all stores of the process. Safe for use by many threads; its monitor guards what is known of
 * files.
 */
public final class NodeCache implements AutoCloseable {
  /** As a limit: a share of what is free. */
  public static final long DEFAULT_LIMIT = -1;

  /** Shorter files aren't worth a file of their own, in bytes. */
  public static final long LEAST_LENGTH = 64 << 10;

  /** What came of materialising a file. */
  public enum Outcome {
    /** It is there, and was checked. */
    THERE,
    /** Another process or thread is filling it. */
    BUSY,
    /** There is no room for it. */
    NO_ROOM,
    /** It is shorter than {@link #LEAST_LENGTH}, or longer than {@link NodeRecord#MAX_LENGTH}. */
    NOT_WORTHWHILE
  }

  private static final System.Logger LOG = System.getLogger(NodeCache.class.getName());
  private static final int MOST_WORKERS = 4;
  private static final int PROCESSORS_PER_WORKER = 8;
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A use is recorded at most so often. */
  private static final long TOUCH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long NANOS_PER_MILLI = 1_000_000;

  /** A file that was checked. */
  private static final class Checked {
    final FileIdentity identity;
    long touched = System.nanoTime() - TOUCH_NANOS;

    Checked(FileIdentity identity) {
      this.identity = identity;
    }
  }

  private final NodeDirectory directory;
  private final long limit;
  private final Workers workers;
  private final LongAdder demand = new LongAdder();
  private final Map<FileKey, Checked> checked = new HashMap<>();
  private final Map<FileKey, NodeFile> inUse = new HashMap<>();
  private final Set<Integer> complaints = new HashSet<>();
  private final AtomicBoolean saidNoRoom = new AtomicBoolean();
  private volatile long pausedUntil = System.nanoTime();
  private final LongAdder filled = new LongAdder();
  private final LongAdder filledBytes = new LongAdder();
  private final LongAdder found = new LongAdder();
  private final LongAdder discarded = new LongAdder();
  private final LongAdder evicted = new LongAdder();
  private final LongAdder opened = new LongAdder();

  private NodeCache(NodeDirectory directory, long limit) {
    this.directory = directory;
    this.limit = limit;
    int count = Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_WORKER;
    workers = new Workers(Math.min(MOST_WORKERS, Math.max(1, count)), demand::sum, this::work);
  }

  /**
   * Opens a directory, and makes it if what is above it is there.
   *
   * @param limit for the space that all files in it take, whoever filled them, in bytes; or {@link
   *     #DEFAULT_LIMIT}
   * @throws SnapfsException if it can't be used, with a message for the user
   */
  public static NodeCache open(Path path, long limit) throws SnapfsException {
    NodeDirectory directory = NodeDirectory.open(path);
    try {
      return new NodeCache(directory, limit == DEFAULT_LIMIT ? DefaultLimit.of(directory) : limit);
    } catch (LinuxException e) {
      directory.close();
      throw new SnapfsException(
          "can't keep materialised files in " + path + ": " + e.getMessage(), e);
    }
  }

  /** The limit for all files together, in bytes. */
  public long limit() {
    return limit;
  }

  /** What it has done so far. */
  public NodeCacheStats stats() {
    return new NodeCacheStats(
        filled.sum(), filledBytes.sum(), found.sum(), discarded.sum(), evicted.sum(), opened.sum());
  }

  /** Whether a file is of a length that is materialised. */
  public static boolean isWorthwhile(Node file) {
    return file.size() >= LEAST_LENGTH && file.size() <= NodeRecord.MAX_LENGTH;
  }

  /** Watches a file, from now on. It must be worthwhile. */
  public HotFile watch(FileSource source) {
    return new HotFile(this, source);
  }

  /**
   * Materialises a file now, on this thread and at full speed, hot or not. What is there is
   * checked.
   *
   * @throws IOException if it can't be read, or the directory can't be used
   */
  public Outcome materialize(FileSource source) throws IOException {
    return materialize(source, bytes -> {});
  }

  /**
   * The same.
   *
   * @param done is told of the bytes that were filled or checked, on this thread
   */
  Outcome materialize(FileSource source, LongConsumer done) throws IOException {
    if (!isWorthwhile(source.node())) {
      return Outcome.NOT_WORTHWHILE;
    }
    FileKey key = FileKey.of(source.manifest(), source.node());
    Pace pace = Pace.unbound(done);
    return find(key, source, pace) ? Outcome.THERE : fill(key, source, pace);
  }

  /** Somebody reads: background work makes way. */
  void demand(int bytes) {
    demand.add(bytes);
  }

  boolean order(HotFile file) {
    return System.nanoTime() - pausedUntil >= 0 && workers.order(file);
  }

  /** What workers do. */
  private void work(HotFile file, Pace pace) {
    boolean there = false;
    boolean refused = true;
    try {
      FileKey key = file.key();
      there = find(key, file.source(), pace);
      boolean wanted = !there && file.isHot();
      if (wanted) {
        Outcome outcome = fill(key, file.source(), pace);
        there = outcome == Outcome.THERE;
        if (outcome == Outcome.NO_ROOM) {
          sayNoRoomOnce(file.source());
        }
      }
      refused = wanted && !there;
    } catch (DirectoryFailure e) {
      pause(e);
    } catch (InterruptedIOException | MissingException e) {
      // The process ends, or the artifact is gone: nobody needs it.
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a file is not materialised because it can't be read: " + e.getMessage());
    } finally {
      file.done(there, refused);
    }
  }

  /** A limit that hot files don't fit within is something to know of, but not for each of them. */
  private void sayNoRoomOnce(FileSource source) throws IOException {
    if (saidNoRoom.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} is much read, but there is no room for its {1} bytes in {2} (limit {3} bytes, or less where less is free): such files are decoded when they are read",
          source.label(),
          Long.toString(Filling.bytesOf(source.manifest(), source.node())),
          directory.path(),
          Long.toString(limit));
    }
  }

  /** Complains once for each reason, and leaves the directory alone for a while. */
  private void pause(DirectoryFailure e) {
    pausedUntil = System.nanoTime() + PAUSE_NANOS;
    synchronized (this) {
      if (!complaints.add(e.errno())) {
        return;
      }
    }
    LOG.log(System.Logger.Level.WARNING, e.getMessage());
  }

  /** Looks for a file, and checks it if this process hasn't yet; false if it isn't there. */
  private boolean find(FileKey key, FileSource source, Pace pace) throws IOException {
    try (NodeFile known = acquire(key)) {
      if (known != null) {
        return true;
      }
    }
    try (Recorded recorded =
        directory.<Recorded, IOException>locked(() -> Recorded.open(directory, key))) {
      return recorded != null && check(key, source, recorded, pace);
    } catch (CorruptException e) {
      discard(key, e.getMessage());
      return false;
    } catch (LinuxException e) {
      throw new DirectoryFailure(directory, e);
    }
  }

  /** A file and its record, of one moment. */
  private record Recorded(Fd file, NodeRecord record) implements AutoCloseable {
    /** Opens both, under the lock; null if they aren't there. */
    static Recorded open(NodeDirectory directory, FileKey key) throws IOException {
      NodeRecord record = directory.record(key);
      Fd file = record == null ? null : directory.openFile(key);
      return file == null ? null : new Recorded(file, record);
    }

    @Override
    public void close() {
      file.close();
    }
  }

  private boolean check(FileKey key, FileSource source, Recorded recorded, Pace pace)
      throws IOException {
    Fd file = recorded.file();
    NodeRecord record = recorded.record();
    if (record.identity().length() != source.node().size()) {
      discard(key, "it has " + record.identity().length() + " bytes, not " + source.node().size());
      return false;
    }
    try {
      if (!Flock.tryShared(file)) {
        return false; // it is being evicted
      }
      know(key, Checking.check(file, record, pace));
      found.increment();
      return true;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      if (Stat.fstat(file).nlink() > 0) {
        discard(key, e.getMessage());
      }
      return false;
    }
  }

  private Outcome fill(FileKey key, FileSource source, Pace pace) throws IOException {
    long bytes = Filling.bytesOf(source.manifest(), source.node());
    Outcome[] refusal = new Outcome[1];
    try (Filling begun = begin(key, source, bytes, refusal)) {
      if (begun == null) {
        boolean made = refusal[0] == Outcome.BUSY && find(key, source, pace);
        return made ? Outcome.THERE : refusal[0];
      }
      know(key, begun.run(pace));
    }
    filled.increment();
    filledBytes.add(bytes);
    return Outcome.THERE;
  }

  /**
   * Begins to fill a file; null if it can't be begun now, and then says why. Busy is also what has
   * been made since it was looked for: made again, it would take the place of a file that its
   * readers have open.
   */
  private Filling begin(FileKey key, FileSource source, long bytes, Outcome[] refusal)
      throws DirectoryFailure {
    try {
      return directory.locked(
          () -> {
            Space space = Space.of(directory);
            if (space.fillings().contains(key) || directory.hasRecord(key)) {
              refusal[0] = Outcome.BUSY;
            } else if (!makeRoom(space, bytes)) {
              refusal[0] = Outcome.NO_ROOM;
            }
            return refusal[0] == null ? Filling.begin(directory, space, key, source, bytes) : null;
          });
    } catch (LinuxException e) {
      throw new DirectoryFailure(directory, e);
    }
  }

  private boolean makeRoom(Space space, long bytes) throws LinuxException {
    boolean room = space.makeRoom(bytes, limit, System.currentTimeMillis() * NANOS_PER_MILLI);
    evicted.add(space.evicted());
    return room;
  }

  private synchronized void know(FileKey key, FileIdentity identity) {
    checked.put(key, new Checked(identity));
  }

  /** Throws a file away that is not what it must be. */
  private void discard(FileKey key, String problem) throws DirectoryFailure {
    discarded.increment();
    LOG.log(
        System.Logger.Level.WARNING,
        "materialised file " + key + " is thrown away and will be made anew: " + problem);
    synchronized (this) {
      checked.remove(key);
    }
    try {
      directory.locked(
          () -> {
            directory.remove(key);
            return null;
          });
    } catch (LinuxException e) {
      throw new DirectoryFailure(directory, e);
    }
  }

  /**
   * A file that this process has checked and that is as it was then, for the caller to close; null
   * if there is none.
   */
  synchronized NodeFile acquire(FileKey key) {
    Checked known = checked.get(key);
    if (known == null) {
      return null;
    }
    NodeFile file = inUse.get(key);
    try {
      if (file == null) {
        Fd fd = directory.openFile(key);
        file = fd == null ? null : new NodeFile(this, key, fd, known.identity.length());
      }
      if (file != null && isAsItWas(file, known)) {
        inUse.put(key, file);
        file.use();
        opened.increment();
        touch(key, known);
        return file;
      }
    } catch (LinuxException e) {
      pause(new DirectoryFailure(directory, e));
    }
    forget(key, file);
    return null;
  }

  /** Looks at the descriptor that will be used, once it is locked. */
  private boolean isAsItWas(NodeFile file, Checked known) throws LinuxException {
    if (inUse.get(file.key()) != file && !Flock.tryShared(file.fd())) {
      return false; // it is being evicted
    }
    Stat stat = Stat.fstat(file.fd());
    FileIdentity identity = FileIdentity.of(stat);
    if (identity.equals(known.identity)) {
      return true;
    }
    // Another inode: another process has thrown it away and made it anew. No name: it was cleared
    // away, which is a change but alters nothing, and who opens it beside its users must get it.
    if (stat.nlink() == 0) {
      return inUse.get(file.key()) == file && identity.hasContentsOf(known.identity);
    }
    if (stat.ino() == known.identity.ino()) {
      discarded.increment();
      LOG.log(
          System.Logger.Level.WARNING,
          "materialised file {0} was altered; it is thrown away and will be made anew",
          file.fd().path());
      directory.locked(() -> removeIfNamed(file.key(), stat));
    }
    return false;
  }

  /** Removes a file unless another one has its name now. */
  private boolean removeIfNamed(FileKey key, Stat stat) throws LinuxException {
    try (Fd now = directory.openFile(key)) {
      boolean named = now != null && Stat.fstat(now).isSameFile(stat);
      if (named) {
        directory.remove(key);
      }
      return named;
    }
  }

  private void forget(FileKey key, NodeFile file) {
    checked.remove(key);
    if (file != null && !inUse.remove(key, file)) {
      file.fd().close(); // else its users go on, and the last of them closes it
    }
  }

  private void touch(FileKey key, Checked known) {
    long now = System.nanoTime();
    if (now - known.touched < TOUCH_NANOS) {
      return;
    }
    known.touched = now;
    try {
      directory.touch(key);
    } catch (LinuxException e) {
      // It was evicted just now, which hurts nobody, or will look older than it is.
    }
  }

  /** A use has ended. */
  synchronized void release(NodeFile file) {
    if (file.endUse()) {
      inUse.remove(file.key(), file);
      file.fd().close();
    }
  }

  /**
   * Gives up what is being filled, and waits for the threads. Files that are in use go on. Nothing
   * is handed out any more. Idempotent.
   */
  @Override
  public void close() {
    workers.close();
    synchronized (this) {
      checked.clear();
    }
    directory.close();
  }
}
