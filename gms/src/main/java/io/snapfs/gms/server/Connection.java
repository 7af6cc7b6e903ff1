package io.snapfs.gms.server;

import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.cuda.CudaException;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.Request;
import io.snapfs.gms.wire.Response;
import io.snapfs.gms.wire.WireChannel;
import io.snapfs.gms.wire.WireException;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Poll;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/** Serves one client until it goes, or is sent away. For one thread. */
final class Connection {
  private static final Logger LOG = System.getLogger(Connection.class.getName());

  private final WireChannel channel;
  private final Space space;
  private final CudaDevice device;
  private final long granularity;
  private final ServerOptions options;
  private final Poll poll = new Poll(2);

  Connection(
      WireChannel channel,
      Space space,
      CudaDevice device,
      long granularity,
      ServerOptions options) {
    this.channel = channel;
    this.space = space;
    this.device = device;
    this.granularity = granularity;
    this.options = options;
  }

  /** Returns when the client has gone; its lock is given back then. */
  void serve() throws IOException {
    Session session = null;
    try {
      Request first = channel.receiveRequest();
      if (first instanceof Request.Handshake handshake) {
        session = acquire(handshake);
        channel.send(
            new Response.Handshake(
                session != null, space.committed(), session == null ? null : session.lock()),
            null);
        if (session != null) {
          answerAll(session);
        }
      } else if (first instanceof Request.GetRuntimeState) {
        channel.send(space.runtimeState(), null);
      } else if (first instanceof Request.GetEventHistory) {
        channel.send(new Response.GetEventHistory(space.events()), null);
      } else {
        refuse("the first message must be handshake_request");
      }
    } catch (WireException e) {
      refuse(e.getMessage());
    } finally {
      if (session != null) {
        space.release(session);
        space.exportAhead();
      }
    }
  }

  private void refuse(String message) throws IOException {
    LOG.log(Level.WARNING, "a client of {0} was sent away: {1}", device, message);
    channel.send(new Response.Failure(message, Response.Failure.WRONG_REQUEST), null);
  }

  /** Waits for the lock; null if the time is up. */
  private Session acquire(Request.Handshake handshake) throws IOException {
    LockRequest request = handshake.lock();
    Session session = space.tryAcquire(request);
    if (session != null) {
      return session;
    }
    long begin = System.nanoTime();
    try (EventFd changed = new EventFd()) {
      space.addWaiter(changed, request);
      try {
        while (true) {
          changed.drain();
          session = space.tryAcquire(request);
          int left = millisLeft(handshake.timeoutMillis(), begin);
          if (session != null || left == 0) {
            return session;
          }
          await(changed.fd(), left);
        }
      } finally {
        space.removeWaiter(changed, request);
      }
    }
  }

  /** For poll(2): -1 for ever, 0 if the time is up. */
  private static int millisLeft(Long timeoutMillis, long beginNanos) {
    if (timeoutMillis == null) {
      return -1;
    }
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, timeoutMillis - passed));
  }

  /**
   * Waits a while, or until something is signalled.
   *
   * @param signal null for nothing
   * @throws EOFException if the client goes meanwhile
   */
  private void await(Fd signal, int millis) throws IOException {
    poll.clear();
    int client = poll.add(channel.socket(), Poll.POLLRDHUP);
    if (signal != null) {
      poll.add(signal, Poll.POLLIN);
    }
    poll.await(millis);
    if (poll.ready(client) != 0) {
      throw new EOFException("the client has gone while it waited");
    }
  }

  private void answerAll(Session session) throws IOException {
    boolean more = true;
    while (more) {
      try {
        more = answer(session, channel.receiveRequest());
      } catch (WireException e) {
        if (e.endsConnection()) {
          throw e;
        }
        channel.send(new Response.Failure(e.getMessage(), Response.Failure.WRONG_REQUEST), null);
      } catch (RefusedException e) {
        channel.send(e.answer(), null);
      } catch (CudaException e) {
        LOG.log(Level.ERROR, e.getMessage(), e);
        channel.send(new Response.Failure(e.getMessage(), Response.Failure.SERVICE), null);
      }
    }
  }

  /** Whether the connection goes on. */
  private boolean answer(Session session, Request request) throws IOException, RefusedException {
    if (request instanceof Request.Export export) {
      Allocation allocation = space.get(export.id());
      try (Fd fd = space.export(export.id())) {
        channel.send(new Response.Export(allocation), fd);
      }
      return true;
    }
    if (request instanceof Request.Commit) {
      space.commit(session);
      channel.send(new Response.Commit(true), null);
      return false;
    }
    channel.send(simple(session, request), null);
    return true;
  }

  private Response simple(Session session, Request request) throws IOException, RefusedException {
    if (request instanceof Request.Allocate allocate) {
      Allocation made = allocate(session, allocate.size(), allocate.tag());
      return new Response.Allocate(made.id(), made.size(), made.alignedSize(), made.slot());
    } else if (request instanceof Request.GetAllocation get) {
      return new Response.GetAllocation(space.get(get.id()));
    } else if (request instanceof Request.ListAllocations list) {
      return new Response.ListAllocations(space.list(list.tag()));
    } else if (request instanceof Request.Free free) {
      return new Response.Free(space.free(session, free.id()));
    } else if (request instanceof Request.CommitLayout) {
      String hash = space.commitLayout(session);
      return new Response.CommitLayout(true, hash, session.lock());
    } else if (request instanceof Request.GetLockState) {
      return new Response.GetLockState(space.state());
    } else if (request instanceof Request.GetAllocationState) {
      return new Response.GetAllocationState(space.count());
    } else if (request instanceof Request.GetLayoutHash) {
      return new Response.GetLayoutHash(space.hash());
    } else if (request instanceof Request.GetRuntimeState) {
      return space.runtimeState();
    } else if (request instanceof Request.GetEventHistory) {
      return new Response.GetEventHistory(space.events());
    }
    return metadata(session, request);
  }

  private Response metadata(Session session, Request request) throws RefusedException {
    if (request instanceof Request.PutMetadata put) {
      space.putMetadata(session, put.key(), put.metadata());
      return new Response.PutMetadata(true);
    } else if (request instanceof Request.GetMetadata get) {
      return new Response.GetMetadata(space.getMetadata(get.key()));
    } else if (request instanceof Request.DeleteMetadata delete) {
      return new Response.DeleteMetadata(space.deleteMetadata(session, delete.key()));
    } else if (request instanceof Request.ListMetadata list) {
      return new Response.ListMetadata(space.keys(list.prefix()));
    }
    throw new RefusedException(
        Response.Failure.WRONG_REQUEST, "the handshake of this connection is over");
  }

  private Allocation allocate(Session session, long size, String tag)
      throws IOException, RefusedException {
    space.checkLayout(session, "allocate");
    if (size < 1 || size > device.totalBytes()) {
      throw new RefusedException(
          Response.Failure.WRONG_REQUEST,
          "size %d is not between 1 and the %d bytes of %s"
              .formatted(size, device.totalBytes(), device));
    }
    DeviceMemory memory = create(Math.addExact(size, granularity - 1) & -granularity);
    boolean added = false;
    try {
      Allocation allocation = space.add(session, memory, size, tag);
      added = true;
      return allocation;
    } finally {
      if (!added) {
        memory.close();
      }
    }
  }

  /** Tries again while there is no memory: what a worker before held may still be on its way. */
  private DeviceMemory create(long alignedSize) throws IOException, RefusedException {
    long begin = System.nanoTime();
    boolean told = false;
    while (true) {
      try {
        return DeviceMemory.create(device, alignedSize);
      } catch (CudaException e) {
        if (!e.is(CudaException.OUT_OF_MEMORY)) {
          throw e;
        }
        if (!told) {
          LOG.log(Level.WARNING, "{0}; trying again until there is", e.getMessage());
          space.outOfMemory();
          told = true;
        }
        if (options.retryWithin() != null
            && System.nanoTime() - begin >= options.retryWithin().toNanos()) {
          throw new RefusedException(Response.Failure.OUT_OF_MEMORY, e.getMessage());
        }
      }
      await(null, Math.toIntExact(options.retryEvery().toMillis()));
    }
  }
}
