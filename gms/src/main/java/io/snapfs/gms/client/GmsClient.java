package io.snapfs.gms.client;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.Event;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.LockState;
import io.snapfs.gms.wire.LockType;
import io.snapfs.gms.wire.Metadata;
import io.snapfs.gms.wire.Request;
import io.snapfs.gms.wire.Response;
import io.snapfs.gms.wire.WireChannel;
import io.snapfs.gms.wire.WireException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.UnixSockets;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Owns a connection to the memory service, which is a lock as long as it is open: to close it, or
 * to die, gives the lock back, and frees what a writer has not committed. Safe for use by many
 * threads; requests go one after the other.
 */
public final class GmsClient implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GmsClient.class.getName());

  private final Path socket;
  private final WireChannel channel;
  private LockType lock;
  private boolean committed;

  private GmsClient(Path socket, WireChannel channel) {
    this.socket = socket;
    this.channel = channel;
  }

  /**
   * Connects and waits for the lock.
   *
   * @param socket see {@link io.snapfs.gms.wire.SocketPath}
   * @param timeout how long to wait for the lock; null for ever
   * @throws MissingException if no server listens there
   * @throws GmsException with {@link GmsException#LOCK_TIMEOUT} if the time is up
   */
  public static GmsClient connect(Path socket, LockRequest request, Duration timeout)
      throws IOException {
    GmsClient client = new GmsClient(socket, open(socket));
    boolean made = false;
    try {
      client.handshake(request, timeout);
      made = true;
      return client;
    } finally {
      if (!made) {
        client.close();
      }
    }
  }

  private synchronized void handshake(LockRequest request, Duration timeout) throws IOException {
    Long millis = timeout == null ? null : timeout.toMillis();
    Response.Handshake answer =
        ask(new Request.Handshake(request, millis), Response.Handshake.class);
    if (!answer.success() || answer.granted() == null) {
      throw new GmsException(
          socket
              + ": the lock "
              + request
              + " could not be had within "
              + (timeout == null ? "the server's time" : timeout.toMillis() + " ms")
              + (answer.committed() ? "" : "; nothing is committed there"),
          GmsException.LOCK_TIMEOUT);
    }
    lock = answer.granted();
    committed = answer.committed();
  }

  /** What a server says about itself to anybody, without a lock. */
  public static Response.GetRuntimeState runtimeState(Path socket) throws IOException {
    try (GmsClient client = new GmsClient(socket, open(socket))) {
      return client.ask(new Request.GetRuntimeState(), Response.GetRuntimeState.class);
    }
  }

  /** What has happened at a server, the last some hundred events, without a lock. */
  public static List<Event> events(Path socket) throws IOException {
    try (GmsClient client = new GmsClient(socket, open(socket))) {
      return client.ask(new Request.GetEventHistory(), Response.GetEventHistory.class).events();
    }
  }

  private static WireChannel open(Path socket) throws IOException {
    Path folder = socket.toAbsolutePath().getParent();
    try (Fd dir = Open.at(Fd.CWD, Names.of(folder.toString()), Open.O_RDONLY | Open.O_DIRECTORY)) {
      return new WireChannel(UnixSockets.connect(dir, Names.of(socket.getFileName().toString())));
    } catch (LinuxException e) {
      if (e.isErrno(Errno.ENOENT) || e.isErrno(Errno.ECONNREFUSED)) {
        throw new MissingException(
            "no GMS server listens at " + socket + ": start one with 'snapfs gms serve'", e);
      }
      throw e;
    }
  }

  private <T extends Response> T ask(Request request, Class<T> type) throws IOException {
    synchronized (this) {
      Response answer;
      try {
        sendQuietly(request);
        answer = channel.receiveResponse();
      } catch (EOFException e) {
        throw new SnapfsException(
            "the GMS server at " + socket + " has closed the connection: look at its log", e);
      } catch (WireException e) {
        throw new SnapfsException(
            "what listens at " + socket + " is no GMS server: " + e.getMessage(), e);
      }
      if (answer instanceof Response.Failure failure) {
        throw GmsException.of(socket.toString(), failure);
      }
      if (!type.isInstance(answer)) {
        throw new SnapfsException(
            socket
                + ": "
                + answer.message().get("type")
                + " is no answer to "
                + request.message().get("type"));
      }
      return type.cast(answer);
    }
  }

  /** A server that has closed may have said why before: the answer is looked for all the same. */
  private void sendQuietly(Request request) throws IOException {
    try {
      channel.send(request);
    } catch (EOFException e) {
      LOG.log(Level.DEBUG, "{0} has closed", socket);
    }
  }

  public Path socket() {
    return socket;
  }

  /** What this connection may do. */
  public synchronized LockType lock() {
    return lock;
  }

  /** Whether there was something to read when the lock was had. */
  public synchronized boolean wasCommitted() {
    return committed;
  }

  /**
   * Has memory allocated; waits while there is none. Needs RW.
   *
   * @param size in bytes, above 0
   * @param tag as the caller likes, such as {@code default}
   */
  public Allocation allocate(long size, String tag) throws IOException {
    Response.Allocate made = ask(new Request.Allocate(size, tag), Response.Allocate.class);
    return new Allocation(made.id(), made.size(), made.alignedSize(), tag, made.slot());
  }

  /** A handle to an allocation, to be imported and closed by the caller. */
  public Fd export(Allocation allocation) throws IOException {
    synchronized (this) {
      ask(new Request.Export(allocation.id()), Response.Export.class);
      Fd fd = channel.takeFd();
      if (fd == null) {
        throw new SnapfsException(
            socket + ": no descriptor came with allocation " + allocation.id());
      }
      return fd;
    }
  }

  public Allocation get(String id) throws IOException {
    return ask(new Request.GetAllocation(id), Response.GetAllocation.class).allocation();
  }

  /**
   * The allocations, in the order of their slots.
   *
   * @param tag null for all
   */
  public List<Allocation> list(String tag) throws IOException {
    return ask(new Request.ListAllocations(tag), Response.ListAllocations.class).allocations();
  }

  /** Frees an allocation with its metadata; false if there is none. Needs RW. */
  public boolean free(Allocation allocation) throws IOException {
    return ask(new Request.Free(allocation.id()), Response.Free.class).success();
  }

  /** Says something about a place in an allocation. Needs RW. */
  public void putMetadata(String key, Metadata metadata) throws IOException {
    ask(new Request.PutMetadata(key, metadata), Response.PutMetadata.class);
  }

  public Optional<Metadata> getMetadata(String key) throws IOException {
    return Optional.ofNullable(
        ask(new Request.GetMetadata(key), Response.GetMetadata.class).metadata());
  }

  /** False if there is none. Needs RW. */
  public boolean deleteMetadata(String key) throws IOException {
    return ask(new Request.DeleteMetadata(key), Response.DeleteMetadata.class).deleted();
  }

  /** The keys that begin so, in order. */
  public List<String> listMetadata(String prefix) throws IOException {
    return ask(new Request.ListMetadata(prefix), Response.ListMetadata.class).keys();
  }

  /** Says which layout this is; empty if none is committed. */
  public String layoutHash() throws IOException {
    return ask(new Request.GetLayoutHash(), Response.GetLayoutHash.class).hash();
  }

  public LockState state() throws IOException {
    return ask(new Request.GetLockState(), Response.GetLockState.class).state();
  }

  /**
   * Publishes what was made, and closes the connection. All must be in the memory, and nothing may
   * write to it any more; what is mapped here is to be unmapped soon. Needs RW or RW_DATA.
   */
  public void commit() throws IOException {
    ask(new Request.Commit(), Response.Commit.class);
    close();
  }

  /**
   * Makes the layout outlive this connection, which may change only contents from now on. Needs RW.
   *
   * @return the layout's hash
   */
  public String commitLayout() throws IOException {
    synchronized (this) {
      Response.CommitLayout answer = ask(new Request.CommitLayout(), Response.CommitLayout.class);
      if (answer.granted() != null) {
        lock = answer.granted();
      }
      return answer.hash();
    }
  }

  @Override
  public synchronized void close() {
    channel.close();
  }

  @Override
  public String toString() {
    return "connection to " + socket;
  }
}
