package io.snapfs.fusefs.transport;

import io.snapfs.format.read.PlacedSink;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.fusefs.view.Validity;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Mode;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A tree in memory that can be changed while it is served, to try transports without a store. */
public final class MemoryView implements FileSystemView {
  private static final int DIRECTORY_TYPE = 4;
  private static final int REGULAR_TYPE = 8;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Node(InodeAttributes attributes, byte[] data, Map<String, Node> children) {}

  private final Map<Long, Node> nodes = new java.util.concurrent.ConcurrentHashMap<>();
  private final AtomicInteger openHandles = new AtomicInteger();
  private long lastIno = ROOT;
  private volatile long heldFrom = Long.MAX_VALUE;

  /** An empty root. */
  public MemoryView() {
    nodes.put(ROOT, directory(ROOT));
  }

  private static Node directory(long ino) {
    return new Node(
        new InodeAttributes(ino, Mode.S_IFDIR | 0755, 2, 0, 0, 0, 0, 0, 0, 1, 2),
        new byte[0],
        java.util.Collections.synchronizedMap(new TreeMap<>()));
  }

  /** Adds a file to the root. */
  public synchronized void addFile(String name, byte[] data) {
    long ino = ++lastIno;
    long blocks = (data.length + 511L) / 512;
    Node node =
        new Node(
            new InodeAttributes(ino, Mode.S_IFREG | 0644, 1, 0, 0, 0, 0, data.length, blocks, 1, 2),
            data,
            Map.of());
    nodes.put(ino, node);
    nodes.get(ROOT).children.put(name, node);
  }

  /**
   * From now on reads at or behind an offset wait for ever, and all that is behind a short read
   * before it is handed out around it, as if it were at hand.
   */
  public void holdReadsFrom(long offset) {
    heldFrom = offset;
  }

  /** Handles that are open now. */
  public int openHandles() {
    return openHandles.get();
  }

  private Node node(long ino) throws ErrnoException {
    Node node = nodes.get(ino);
    if (node == null) {
      throw new ErrnoException(Errno.ESTALE);
    }
    return node;
  }

  @Override
  public Entry lookup(long parent, byte[] name) throws ErrnoException {
    Node child = node(parent).children.get(new String(name, StandardCharsets.ISO_8859_1));
    return child == null
        ? Entry.absent(Validity.BRIEF)
        : new Entry(child.attributes, Validity.FOREVER);
  }

  @Override
  public Entry getattr(long ino) throws ErrnoException {
    return new Entry(node(ino).attributes, Validity.BRIEF);
  }

  @Override
  public byte[] readlink(long ino) throws ErrnoException {
    throw new ErrnoException(Errno.EINVAL);
  }

  @Override
  public byte[] listxattr(long ino) {
    return new byte[0];
  }

  @Override
  public byte[] getxattr(long ino, byte[] name) throws ErrnoException {
    throw new ErrnoException(Errno.ENODATA);
  }

  @Override
  public FileHandle open(long ino) throws ErrnoException {
    byte[] data = node(ino).data;
    openHandles.incrementAndGet();
    return new FileHandle() {
      @Override
      public int read(long offset, int wanted, ReadSink sink) {
        while (offset >= heldFrom) {
          LockSupport.park(MemoryView.this);
        }
        int length = (int) Math.max(0, Math.min(wanted, (long) data.length - offset));
        if (length > 0) {
          ByteBuffer copy = ByteBuffer.allocateDirect(length).put(data, (int) offset, length);
          try {
            sink.piece(Addresses.of(copy), length / 2);
            sink.piece(Addresses.of(copy) + length / 2, length - length / 2);
            sink.end();
          } finally {
            Reference.reachabilityFence(copy);
          }
        }
        return length;
      }

      @Override
      public void readAround(long offset, PlacedSink sink) {
        if (heldFrom != Long.MAX_VALUE) {
          int length = data.length - (int) offset;
          sink.accept(
              offset,
              ByteBuffer.allocateDirect(length).put(0, data, (int) offset, length),
              0,
              length);
        }
      }

      @Override
      public long seekData(long offset) {
        return offset;
      }

      @Override
      public long seekHole(long offset) {
        return data.length;
      }

      @Override
      public void close() {
        openHandles.decrementAndGet();
      }
    };
  }

  @Override
  public DirectoryHandle openDirectory(long ino) throws ErrnoException {
    List<Map.Entry<String, Node>> children = new ArrayList<>(node(ino).children.entrySet());
    openHandles.incrementAndGet();
    return new DirectoryHandle() {
      @Override
      public void read(long cookie, EntrySink sink) {
        for (long i = cookie; i < children.size() + 2; i++) {
          String name = i == 0 ? "." : i == 1 ? ".." : children.get((int) i - 2).getKey();
          long childIno = i < 2 ? ino : children.get((int) i - 2).getValue().attributes().ino();
          if (!sink.accept(
              name.getBytes(StandardCharsets.ISO_8859_1),
              childIno,
              i < 2 ? DIRECTORY_TYPE : REGULAR_TYPE,
              i + 1)) {
            return;
          }
        }
      }

      @Override
      public void close() {
        openHandles.decrementAndGet();
      }
    };
  }

  @Override
  public Usage usage() {
    return new Usage(1 << 20, nodes.size());
  }
}
