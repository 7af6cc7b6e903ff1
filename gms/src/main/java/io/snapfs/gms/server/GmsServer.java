package io.snapfs.gms.server;

import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.wire.Response;
import io.snapfs.gms.wire.SocketPath;
import io.snapfs.gms.wire.WireChannel;
import io.snapfs.linux.Errno;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PeerCredentials;
import io.snapfs.linux.Poll;
import io.snapfs.linux.UnixSockets;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Owns the service for one device and tag: the socket, and all the memory that clients have it
 * hold. It serves from {@link #start} until it is closed, which frees the memory; what clients have
 * mapped of it stays good for them.
 */
public final class GmsServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(GmsServer.class.getName());

  /** How long to wait before a connection is accepted again, where no descriptor was left. */
  private static final int NO_DESCRIPTOR_MILLIS = 100;

  private static final long STACK_BYTES = 256 << 10;

  private final CudaDevice device;
  private final long granularity;
  private final ServerOptions options;
  private final ServerSocket socket;
  private final EventFd stop;
  private final Space space = new Space();
  private final Map<WireChannel, Thread> connections = new HashMap<>(); // guarded by itself
  private final Thread acceptor;
  private boolean closed;

  private GmsServer(CudaDevice device, long granularity, ServerOptions options, ServerSocket socket)
      throws LinuxException {
    this.device = device;
    this.granularity = granularity;
    this.options = options;
    this.socket = socket;
    this.stop = new EventFd();
    this.acceptor = new Thread(this::acceptAll, "gms-accept-" + device.ordinal());
  }

  /**
   * Begins to serve.
   *
   * @param folder of the socket, see {@link SocketPath}; it is made if it isn't there
   * @throws io.snapfs.format.AlreadyExistsException if a server is there already
   */
  public static GmsServer start(CudaDevice device, String tag, Path folder, ServerOptions options)
      throws IOException {
    long granularity = DeviceMemory.granularity(device);
    ServerSocket socket = ServerSocket.listen(SocketPath.of(folder, device.uuid(), tag));
    boolean started = false;
    try {
      GmsServer server = new GmsServer(device, granularity, options, socket);
      server.acceptor.start();
      started = true;
      return server;
    } finally {
      if (!started) {
        socket.close();
      }
    }
  }

  public CudaDevice device() {
    return device;
  }

  /** The file that clients connect to. */
  public Path socket() {
    return socket.path();
  }

  private void acceptAll() {
    Poll poll = new Poll(2);
    while (true) {
      try {
        poll.clear();
        int stopped = poll.add(stop.fd(), Poll.POLLIN);
        poll.add(socket.fd(), Poll.POLLIN);
        poll.await(-1);
        if (poll.ready(stopped) != 0) {
          return;
        }
        welcome(UnixSockets.accept(socket.fd()));
      } catch (LinuxException e) {
        LOG.log(Level.WARNING, "a client can''t be let in: {0}", e.getMessage());
        if ((e.isErrno(Errno.EMFILE) || e.isErrno(Errno.ENFILE)) && pausedUntilStop(poll)) {
          return;
        }
      }
    }
  }

  private boolean pausedUntilStop(Poll poll) {
    try {
      poll.clear();
      poll.add(stop.fd(), Poll.POLLIN);
      return poll.await(NO_DESCRIPTOR_MILLIS) > 0;
    } catch (LinuxException e) {
      LOG.log(Level.ERROR, "no more clients are let in: " + e.getMessage(), e);
      return true;
    }
  }

  private void welcome(Fd client) throws LinuxException {
    WireChannel channel = new WireChannel(client);
    PeerCredentials peer;
    String refused = null;
    try {
      peer = UnixSockets.peer(client);
    } catch (LinuxException e) {
      channel.close();
      throw e;
    }
    synchronized (connections) {
      if (!ServerSocket.isWelcome(peer.uid())) {
        refused = "user " + peer.uid() + " may not use this server";
      } else if (connections.size() >= options.mostConnections()) {
        refused = "there are " + connections.size() + " connections already";
      } else {
        Thread thread =
            new Thread(null, () -> serve(channel), "gms-client-" + peer.pid(), STACK_BYTES);
        connections.put(channel, thread);
        thread.start();
      }
    }
    if (refused != null) {
      LOG.log(Level.WARNING, "process {0} was sent away: {1}", String.valueOf(peer.pid()), refused);
      sendAway(channel, refused);
    }
  }

  private static void sendAway(WireChannel channel, String why) {
    try (channel) {
      channel.send(new Response.Failure(why, Response.Failure.WRONG_REQUEST), null);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "it went before it heard why", e);
    }
  }

  private void serve(WireChannel channel) {
    try {
      new Connection(channel, space, device, granularity, options).serve();
    } catch (EOFException e) {
      LOG.log(Level.DEBUG, "a client has gone", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a client was lost: {0}", e.getMessage());
    } catch (RuntimeException | Error e) { // it must not keep the lock, nor take others along
      LOG.log(Level.ERROR, "a client was dropped", e);
    } finally {
      synchronized (connections) {
        connections.remove(channel);
        channel.close();
      }
    }
  }

  /** Ends all connections, frees the memory, and removes the socket. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try (socket;
        stop) {
      stop.signal();
      space.end();
      join(acceptor);
      for (Thread each : shutdownConnections()) {
        join(each);
      }
      space.clear();
    }
  }

  private List<Thread> shutdownConnections() {
    synchronized (connections) {
      for (WireChannel each : connections.keySet()) {
        try {
          UnixSockets.shutdown(each.socket());
        } catch (LinuxException e) {
          LOG.log(Level.WARNING, "a client is not told: {0}", e.getMessage());
        }
      }
      return List.copyOf(connections.values());
    }
  }

  private static void join(Thread thread) throws InterruptedIOException {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while the server ends");
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public String toString() {
    return "GMS server of " + device + " at " + socket.path();
  }
}
