package io.snapfs.format.read;

import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.profile.ChunkTouches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Owns one opening of a regular file of an artifact. Safe for use by many threads. Reads forward
 * are found out and decoded ahead. While everything that is read is cached, reading allocates
 * nothing.
 *
 * <p>A chunk that is damaged makes every read of a byte of it fail with {@link CorruptException},
 * which names the pack and the offset there, the artifact and the file; no byte of it is handed
 * out. Errors of the store are {@link IOException}s and aren't remembered.
 */
public final class OpenFile implements AutoCloseable {
  /** Most bytes of a read without copying. */
  public static final int MAX_SLICED = 4 << 20;

  /** Of a hole, this much is handed out around a short read, in bytes. */
  private static final int HOLE_PIECE = 128 << 10;

  /** As far behind a short read others are expected, in bytes. */
  private static final long NEIGHBOURHOOD = 1 << 20;

  private static final ThreadLocal<Slices> SLICES = ThreadLocal.withInitial(Slices::new);

  private final ArtifactReader reader;
  private final Manifest manifest;
  private final ChunkCache cache;
  private final ChunkLoader loader;
  private final Processors processors;
  private final ChunkSource source;
  private final Node node;
  private final boolean drops;
  private final ReadAhead readAhead;
  private final ChunkTouches touches;
  private final HandedOut handedOut = new HandedOut();
  private final Lifetime lifetime;
  private final AtomicBoolean closing = new AtomicBoolean();

  /** Takes over the caller's stay in the reader. */
  OpenFile(ArtifactReader reader, Node node, AfterRead afterRead) {
    this.reader = reader;
    this.manifest = reader.manifest();
    this.cache = reader.cache();
    this.loader = cache.loader();
    this.processors = cache.processors();
    this.source = reader.source();
    this.node = node;
    this.drops = afterRead == AfterRead.DROP;
    this.readAhead =
        new ReadAhead(
            manifest, node, loader, new RunPlanner(loader, cache.pool(), source), reader.replay());
    this.touches = reader.touches();
    this.lifetime = new Lifetime(reader::leave);
  }

  /** Length of the file in bytes. */
  public long size() {
    return node.size();
  }

  /**
   * Copies bytes of the file into a buffer and advances its position.
   *
   * @param offset in the file, not negative
   * @param destination a direct buffer; as much of its remaining room is filled as the file has
   *     bytes from {@code offset}
   * @return bytes copied; 0 at the end of the file and behind it
   * @throws IOException the position is then where it was; the room behind it may hold anything
   */
  public int read(long offset, ByteBuffer destination) throws IOException {
    int length = available(offset, destination.remaining());
    if (length == 0) {
      return 0;
    }
    enter();
    try {
      boolean continues = readAhead.advance(offset, length);
      copy(offset, length, continues, destination, destination.position());
      destination.position(destination.position() + length);
      return length;
    } catch (CorruptException e) {
      throw explain(e, offset);
    } finally {
      leave();
    }
  }

  /**
   * Hands out bytes of the file where they lie in memory, without copying (unless memory is short).
   *
   * @param offset in the file, not negative
   * @param length 0 to {@link #MAX_SLICED}
   * @param sink called once, unless the result is 0 or an exception was thrown before
   * @return bytes handed out: fewer than {@code length} only at the end of the file
   */
  public int read(long offset, int length, SliceSink sink) throws IOException {
    if (length < 0 || length > MAX_SLICED) {
      throw new IllegalArgumentException("length " + length + " is not in 0.." + MAX_SLICED);
    }
    int available = available(offset, length);
    if (available == 0) {
      return 0;
    }
    enter();
    Slices slices = SLICES.get();
    try {
      boolean continues = readAhead.advance(offset, available);
      if (collect(offset, available, continues, slices)) {
        sink.accept(slices);
      } else {
        slices.clear();
        sendCopy(offset, available, slices, sink);
      }
      return available;
    } catch (CorruptException e) {
      throw explain(e, offset);
    } finally {
      slices.clear();
      leave();
    }
  }

  /**
   * Hands out the rest of what had to be decoded for a read: all of the chunk around an offset, if
   * it is decoded, or some of the hole that is there. Reads and decodes nothing; does not count as
   * reading forward.
   *
   * @return false if there is nothing decoded at that offset
   * @throws IOException if the manifest is damaged there, or the file was closed
   */
  public boolean readAround(long offset, PlacedSink sink) throws IOException {
    if (available(offset, 1) == 0) {
      return false;
    }
    enter();
    try {
      long extent = manifest.findExtent(node, offset);
      int chunk = manifest.extentChunk(extent);
      if (chunk < 0) {
        handOutHole(extent, offset, sink);
        return true;
      }
      long from = manifest.extentStart(extent);
      int length = (int) Math.min(manifest.extentEnd(node, extent) - from, MAX_SLICED);
      CachedChunk cached = find(chunk, true, length);
      if (cached == null) {
        return false;
      }
      handedOut.take((int) (extent - node.first()));
      handOut(cached, from, length, sink);
      return true;
    } finally {
      leave();
    }
  }

  /**
   * Decodes and hands out one chunk more for who reads short pieces here and there: the first one
   * that begins at most 1 MiB behind an offset and that neither this nor {@link #readAround} has
   * handed out. Does so only while a processor has nothing else to do; not while readers keep to a
   * profile, and never while one is recorded.
   *
   * @return false if there is nothing to hand out, or not now
   * @throws IOException if it can't be read or is damaged, or the file was closed
   */
  public boolean readOn(long offset, PlacedSink sink) throws IOException {
    if (!reader.mayGuess() || available(offset, 1) == 0 || !processors.hasSpare()) {
      return false;
    }
    enter();
    try {
      long end = Math.min(node.size(), offset + NEIGHBOURHOOD);
      long extent = manifest.findExtent(node, offset);
      for (long at = offset; at < end; extent++) {
        long from = manifest.extentStart(extent);
        at = manifest.extentEnd(node, extent);
        int chunk = manifest.extentChunk(extent);
        if (chunk >= 0 && handedOut.take((int) (extent - node.first()))) {
          CachedChunk cached = loader.acquire(source, chunk, false);
          if (cached != null) {
            handOut(cached, from, (int) Math.min(at - from, MAX_SLICED), sink);
          }
          return cached != null;
        }
      }
      return false;
    } finally {
      leave();
    }
  }

  /** Hands out a piece of a hole, as long as a chunk may be. */
  private void handOutHole(long extent, long offset, PlacedSink sink) throws IOException {
    long piece = offset / HOLE_PIECE * HOLE_PIECE;
    long from = Math.max(piece, manifest.extentStart(extent));
    int length = (int) (Math.min(piece + HOLE_PIECE, manifest.extentEnd(node, extent)) - from);
    sink.accept(from, cache.zeros().bytes(length), 0, length);
  }

  /** Hands out a chunk from its start, and lets go of it. */
  private void handOut(CachedChunk chunk, long from, int length, PlacedSink sink)
      throws CorruptException {
    try {
      sink.accept(from, chunk.bytes(), within(chunk, 0, length), length);
      dropIfRead(chunk, true, length);
    } finally {
      chunk.release();
    }
  }

  /** First byte at or after an offset that isn't in a hole, as lseek(2); -1 if there is none. */
  public long seekData(long offset) throws IOException {
    return seek(offset, false);
  }

  /**
   * First byte at or after an offset that is in a hole, as lseek(2): there is one at the end of the
   * file. -1 if the offset isn't in the file.
   */
  public long seekHole(long offset) throws IOException {
    return seek(offset, true);
  }

  /**
   * Lets no more reads begin and stops reading ahead; reads in flight finish. Idempotent. Doesn't
   * wait for anything.
   */
  @Override
  public void close() {
    readAhead.cancel();
    if (!closing.getAndSet(true)) {
      reader.closing();
    }
    lifetime.close();
  }

  private void enter() throws IOException {
    if (!lifetime.tryEnter()) {
      throw new SnapfsException("the file was closed: " + describe());
    }
    processors.take();
  }

  private void leave() {
    processors.leave();
    lifetime.leave();
  }

  private int available(long offset, int wanted) {
    if (offset < 0) {
      throw new IllegalArgumentException("negative offset " + offset);
    }
    return (int) Math.max(0, Math.min(wanted, node.size() - offset));
  }

  private void copy(long offset, int length, boolean continues, ByteBuffer destination, int index)
      throws IOException {
    long end = offset + length;
    long extent = manifest.findExtent(node, offset);
    for (long at = offset; at < end; extent++) {
      long from = manifest.extentStart(extent);
      int step = (int) (Math.min(end, manifest.extentEnd(node, extent)) - at);
      int chunk = manifest.extentChunk(extent);
      int to = index + (int) (at - offset);
      if (chunk < 0) {
        cache.zeros().copyTo(destination, to, step);
      } else {
        touch(chunk);
        CachedChunk cached = find(chunk, continues, at - from + step);
        if (cached == null) {
          cached = load(chunk, from, at + step, end, true);
        }
        try {
          destination.put(to, cached.bytes(), within(cached, at - from, step), step);
          dropIfRead(cached, continues || at == from, at - from + step);
        } finally {
          cached.release();
        }
      }
      at += step;
    }
  }

  /** Collects the pieces of a read; false if they can't all be had at once. */
  private boolean collect(long offset, int length, boolean continues, Slices slices)
      throws IOException {
    long end = offset + length;
    long extent = manifest.findExtent(node, offset);
    for (long at = offset; at < end; extent++) {
      if (slices.isFull()) {
        return false;
      }
      long from = manifest.extentStart(extent);
      int step = (int) (Math.min(end, manifest.extentEnd(node, extent)) - at);
      int chunk = manifest.extentChunk(extent);
      if (chunk < 0) {
        slices.add(cache.zeros().address(step), step);
      } else {
        touch(chunk);
        CachedChunk cached = find(chunk, continues, at - from + step);
        if (cached == null) {
          cached = load(chunk, from, at + step, end, slices.usesNothing());
        }
        if (cached == null) {
          return false;
        }
        slices.use(cached);
        slices.add(cached.address() + within(cached, at - from, step), step);
        dropIfRead(cached, continues || at == from, at - from + step);
      }
      at += step;
    }
    return true;
  }

  /**
   * A chunk that has been decoded; else null.
   *
   * @param continues whether it is read on, so that it passes those who read it
   * @param end in the chunk, of what is read of it
   */
  private CachedChunk find(int chunk, boolean continues, long end) throws IOException {
    CachedChunk passing = drops && continues ? loader.pass(source, chunk, end) : null;
    return passing != null ? passing : loader.get(source, chunk);
  }

  private void touch(int chunk) {
    if (touches != null) {
      touches.touched(chunk);
    }
  }

  /** Drops a chunk that is in use, if it has been read from its start to its end. */
  private void dropIfRead(CachedChunk chunk, boolean fromStart, long end) {
    if (drops && fromStart && end == chunk.plainLength()) {
      loader.drop(chunk);
    }
  }

  /**
   * Loads a chunk on this thread, together with its neighbours if the read needs them too.
   *
   * @param from where in the file it begins
   * @param restFrom where the rest of the read begins
   * @param restTo where the read ends
   */
  private CachedChunk load(int chunk, long from, long restFrom, long restTo, boolean patient)
      throws IOException {
    if (restFrom < restTo) {
      loader.runHere(readAhead.fetch(from, restTo, processors.hasSpare()));
    }
    return loader.acquire(source, chunk, patient);
  }

  private void sendCopy(long offset, int length, Slices slices, SliceSink sink) throws IOException {
    CopyBuffer copies = cache.copies();
    ByteBuffer buffer = copies.lock();
    try {
      copy(offset, length, false, buffer, 0);
      slices.add(copies.address(), length);
      sink.accept(slices);
    } finally {
      copies.unlock();
    }
  }

  /** Index in a chunk; a manifest must not make us read behind its end. */
  private int within(CachedChunk chunk, long index, int length) throws CorruptException {
    if (index + length > chunk.plainLength()) {
      throw new CorruptException(
          manifest.resource(),
          -1,
          "an extent of "
              + describe()
              + " reaches to byte "
              + (index + length)
              + " of a chunk of "
              + chunk.plainLength()
              + " bytes");
    }
    return (int) index;
  }

  private long seek(long offset, boolean hole) throws IOException {
    if (offset < 0 || offset >= node.size()) {
      return -1;
    }
    long extent = manifest.findExtent(node, offset);
    for (long at = offset; at < node.size(); extent++) {
      if (manifest.extentChunk(extent) < 0 == hole) {
        return at;
      }
      at = manifest.extentEnd(node, extent);
    }
    return hole ? node.size() : -1;
  }

  private CorruptException explain(CorruptException e, long offset) throws IOException {
    return new CorruptException(
        e.resource(),
        e.offset(),
        e.problem() + "; a read at offset " + offset + " of " + describe() + " needs it",
        e);
  }

  private String describe() {
    String path;
    try {
      path = Manifest.display(manifest.path(node.index()));
    } catch (IOException e) {
      path = "(node " + node.index() + ", whose path is damaged)";
    }
    return "file " + path + " of artifact " + reader.name();
  }
}
