package io.snapfs.fusefs.kernel;

import io.snapfs.bench.SampleStore;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.fusefs.tree.StoreTree;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.IoVector;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.MemFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A READ of the transport {@code kernel} from the request in memory to the reply, which nobody
 * takes: all of the Java code that runs for a read of cached chunks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadRequestBenchmark {
  private static final int CHUNKS = 16;
  private static final int CHUNK = 1 << 20;
  private static final long CACHE = 64L << 20;

  /** Coprime with the number of requests, so that no two neighbours follow each other. */
  private static final int STRIDE = 5;

  /** Bytes of a read, from the middle of a chunk. */
  @Param({"4096", "262144"})
  public int size;

  private final Request[] requests = new Request[CHUNKS];
  private final Dispatcher dispatcher = new Dispatcher();
  private SampleStore sample;
  private ChunkCache cache;
  private StoreTree tree;
  private FileRequests files;
  private Reply reply;
  private int next;

  /** Requests come from a file in memory; replies go nowhere. */
  private static final class Replay implements Channel {
    private final byte[] request;

    Replay(byte[] request) {
      this.request = request;
    }

    @Override
    public int read(long address, int capacity) throws LinuxException {
      try (Fd memory = MemFd.create("request")) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(request.length).put(request).flip();
        FileIo.pwriteFully(memory, bytes, 0);
        return (int) FileIo.pread(memory, address, request.length, 0);
      }
    }

    @Override
    public void write(IoVector pieces, int count) {}

    @Override
    public void close() {}
  }

  /** Remembers the handle that an open is answered with. */
  private static final class Opened implements Channel {
    private static final int HANDLE = Reply.HEADER_SIZE;
    private long handle;

    @Override
    public int read(long address, int capacity) {
      throw new IllegalStateException("nothing is read here");
    }

    @Override
    public void write(IoVector pieces, int count) throws LinuxException {
      try (Fd memory = MemFd.create("reply")) {
        DeviceIo.writev(memory, pieces, count);
        ByteBuffer bytes = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FileIo.pread(memory, bytes, HANDLE);
        handle = bytes.getLong(0);
      }
    }

    @Override
    public void close() {}
  }

  @Setup
  public void open() throws IOException, ErrnoException {
    sample = new SampleStore(CHUNKS);
    cache = new ChunkCache(CACHE, 1);
    tree = new StoreTree(sample.store(), cache);
    PageFeeder idle = new PageFeeder(new Replay(new byte[0]));
    files = new FileRequests(tree, Backings.none(), idle);
    files.register(dispatcher);
    long file = FileSystemView.ROOT;
    for (String name : new String[] {"packed", "latest", SampleStore.FILE}) {
      byte[] raw = name.getBytes(StandardCharsets.US_ASCII);
      file = tree.lookup(file, raw).attributes().ino();
    }
    Opened opened = new Opened();
    try (Request request = request(Opcode.OPEN, file, new byte[OpenLayout.OPEN_SIZE]);
        Reply openReply = new Reply(opened)) {
      dispatcher.dispatch(request, openReply);
    }
    for (int i = 0; i < CHUNKS; i++) {
      long offset = (long) (i * STRIDE % CHUNKS) * CHUNK + CHUNK / 2;
      requests[i] = request(Opcode.READ, file, readBody(opened.handle, offset));
    }
    reply = new Reply(new Replay(new byte[0]));
  }

  private byte[] readBody(long handle, long offset) {
    ByteBuffer body = ByteBuffer.allocate(OpenLayout.READ_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    return body.putLong(handle).putLong(offset).putInt(size).array();
  }

  private static Request request(int opcode, long inode, byte[] body) throws IOException {
    int length = Request.HEADER_SIZE + body.length;
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(length).putInt(opcode).putLong(1).putLong(inode);
    bytes.position(Request.HEADER_SIZE).put(body);
    Request request = new Request();
    if (!request.receive(new Replay(bytes.array()))) {
      throw new IOException("the request is wrong");
    }
    return request;
  }

  @Benchmark
  public boolean read() {
    dispatcher.dispatch(requests[next], reply);
    next = (next + 1) % CHUNKS;
    return reply.isAnswered();
  }

  @TearDown
  public void close() throws IOException {
    for (Request request : requests) {
      request.close();
    }
    reply.close();
    files.closeAll();
    tree.close();
    cache.close();
    sample.close();
  }
}
