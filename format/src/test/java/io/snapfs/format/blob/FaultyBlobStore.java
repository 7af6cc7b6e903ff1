package io.snapfs.format.blob;

import io.snapfs.format.PackId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A store that fails like a bad disk. Every operation may fail, by a seeded throw of the dice:
 *
 * <ul>
 *   <li>reads fail at once, or fill a part of the buffer (<em>short</em>) and then fail
 *   <li>writes fail at once, or pass on a prefix (<em>torn</em>) and then fail
 *   <li>publishing, deleting and pinning fail before or after they took effect
 * </ul>
 *
 * After {@link #crash()} everything fails and nothing is cleaned up: on a {@link LocalBlobStore}
 * sessions lose their locks and leave their files, as those of a killed process do. Made-up
 * failures are {@link InjectedException}s. What is open is remembered with the stack that opened
 * it, see {@link #checkAllClosed()}.
 *
 * <p>Closing it does not close the store underneath.
 */
public final class FaultyBlobStore implements BlobStore {
  private final BlobStore store;
  private final Faults faults;
  private final Map<Object, Throwable> open = new ConcurrentHashMap<>();
  private final List<Wanted> wanted = new CopyOnWriteArrayList<>();

  /** A range of a blob, in bytes, that a reader said it will need. */
  public record Wanted(long position, long length) {}

  /** What readers said they will need, in that order. */
  public List<Wanted> wanted() {
    return List.copyOf(wanted);
  }

  /** Without faults until told otherwise. */
  public FaultyBlobStore(BlobStore store, long seed) {
    this.store = store;
    this.faults = new Faults(seed);
  }

  /** From now on this share of the operations fails, 0 to 1. */
  public void setFaultShare(double share) {
    faults.setShare(share);
  }

  /** The process dies at this operation, counted from the beginning. */
  public void crashAt(long operation) {
    faults.crashAt(operation);
  }

  /** The process dies now. */
  public void crash() {
    faults.crash();
  }

  /** Operations so far. */
  public long operations() {
    return faults.operations();
  }

  /** Operations that failed so far. */
  public long injected() {
    return faults.injected();
  }

  /** Fails if something that was opened through this store has not been closed. */
  public void checkAllClosed() {
    open.forEach(
        (resource, opened) -> {
          throw new AssertionError("not closed: " + resource, opened);
        });
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public String describe(String key) {
    return store.describe(key);
  }

  @Override
  public BlobReader open(String key) throws IOException {
    faults.mayFail("open " + key);
    return new FaultyReader(store.open(key));
  }

  @Override
  public boolean exists(String key) throws IOException {
    faults.mayFail("exists " + key);
    return store.exists(key);
  }

  @Override
  public void list(String prefix, Consumer<BlobInfo> each) throws IOException {
    int last = faults.strikes() ? faults.upTo(3) : Integer.MAX_VALUE;
    int[] count = {0};
    store.list(
        prefix,
        info -> {
          if (count[0]++ < last) {
            each.accept(info);
          }
        });
    if (last != Integer.MAX_VALUE) {
      throw new InjectedException("list " + prefix);
    }
  }

  @Override
  public WriteSession beginWrite() throws IOException {
    faults.mayFail("beginWrite");
    return new FaultySession(store.beginWrite());
  }

  @Override
  public SweepLock lockForSweep() throws IOException {
    faults.mayFail("lockForSweep");
    return new FaultySweepLock(store.lockForSweep());
  }

  @Override
  public Closeable tryLockForGc() throws IOException {
    faults.mayFail("tryLockForGc");
    return store.tryLockForGc(); // ends with the process in any case, so it may be closed
  }

  @Override
  public void close() {}

  private void opened(Object resource) {
    open.put(resource, new Throwable("opened here"));
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Fails before or after the action if it is to fail. */
  private void around(String operation, Action action) throws IOException {
    if (!faults.strikes()) {
      action.run();
      return;
    }
    if (faults.flip()) {
      action.run();
    }
    throw new InjectedException(operation);
  }

  private final class FaultyReader implements BlobReader {
    private final BlobReader reader;

    FaultyReader(BlobReader reader) {
      this.reader = reader;
      opened(this);
    }

    @Override
    public String describe() {
      return reader.describe();
    }

    @Override
    public long length() {
      return reader.length();
    }

    @Override
    public void readFully(long position, ByteBuffer destination) throws IOException {
      if (faults.strikes()) {
        if (faults.flip()) {
          int part = faults.upTo(destination.remaining());
          reader.readFully(position, destination.slice(destination.position(), part));
        }
        throw new InjectedException("read " + describe() + " at " + position);
      }
      reader.readFully(position, destination);
    }

    @Override
    public void willNeed(long position, long length) throws IOException {
      wanted.add(new Wanted(position, length));
      reader.willNeed(position, length);
    }

    @Override
    public ByteBuffer map() throws IOException {
      faults.mayFail("map " + describe());
      return reader.map();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      reader.close();
    }

    @Override
    public String toString() {
      return "reader of " + describe();
    }
  }

  private final class FaultyWriter implements BlobWriter {
    private final BlobWriter writer;

    FaultyWriter(BlobWriter writer) {
      this.writer = writer;
      opened(this);
    }

    @Override
    public String key() {
      return writer.key();
    }

    @Override
    public long length() {
      return writer.length();
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
      if (faults.strikes()) {
        if (faults.flip()) {
          int part = faults.upTo(source.remaining());
          writer.write(source.slice(source.position(), part));
        }
        throw new InjectedException("write " + key());
      }
      writer.write(source);
    }

    @Override
    public void publish(IfExists ifExists) throws IOException {
      around("publish " + key(), () -> writer.publish(ifExists));
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      if (!faults.isCrashed()) {
        writer.close();
      } else if (writer instanceof LocalBlobWriter local) {
        local.release();
      }
    }

    @Override
    public String toString() {
      return "writer of " + key();
    }
  }

  private final class FaultySession implements WriteSession {
    private final WriteSession session;

    FaultySession(WriteSession session) {
      this.session = session;
      opened(this);
    }

    @Override
    public BlobWriter create(String key) throws IOException {
      faults.mayFail("create " + key);
      return new FaultyWriter(session.create(key));
    }

    @Override
    public boolean pin(PackId pack) throws IOException {
      boolean[] pinned = {false};
      around("pin " + pack, () -> pinned[0] = session.pin(pack));
      return pinned[0];
    }

    @Override
    public void pinOwn(PackId pack) throws IOException {
      around("pinOwn " + pack, () -> session.pinOwn(pack));
    }

    @Override
    public Path scratch() {
      return session.scratch();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      if (!faults.isCrashed()) {
        session.close();
      } else if (session instanceof LocalSession local) {
        local.release();
      }
    }

    @Override
    public String toString() {
      return "session " + scratch();
    }
  }

  private final class FaultySweepLock implements SweepLock {
    private final SweepLock sweep;

    FaultySweepLock(SweepLock sweep) {
      this.sweep = sweep;
      opened(this);
    }

    @Override
    public Set<PackId> pinned(WriteSession except) throws IOException {
      faults.mayFail("pinned");
      return sweep.pinned(except instanceof FaultySession faulty ? faulty.session : except);
    }

    @Override
    public boolean delete(String key) throws IOException {
      boolean[] deleted = {false};
      around("delete " + key, () -> deleted[0] = sweep.delete(key));
      return deleted[0];
    }

    @Override
    public long deadSessionBytes() throws IOException {
      faults.mayFail("deadSessionBytes");
      return sweep.deadSessionBytes();
    }

    @Override
    public long cleanDeadSessions() throws IOException {
      faults.mayFail("cleanDeadSessions");
      return sweep.cleanDeadSessions();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      sweep.close(); // a lock ends with the process in any case
    }
  }
}
