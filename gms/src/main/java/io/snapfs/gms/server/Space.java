package io.snapfs.gms.server;

import io.snapfs.gms.cuda.CudaException;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.Event;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.LockState;
import io.snapfs.gms.wire.LockType;
import io.snapfs.gms.wire.Metadata;
import io.snapfs.gms.wire.Response;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Who holds the memory of one device under one tag, and what is there. The state is not kept but
 * follows from the locks and from what was committed. Safe for use by many threads: its monitor
 * guards everything, and a change that may let others have their lock wakes all who wait.
 */
final class Space {
  private static final Logger LOG = System.getLogger(Space.class.getName());
  private static final int MOST_EVENTS = 256;

  private final Layout layout = new Layout();
  private final Deque<Event> events = new ArrayDeque<>();
  private final Set<EventFd> waiters = new HashSet<>();
  private final Set<Session> readers = new HashSet<>();
  private Session writer;
  private int waitingWriters;
  private boolean committed;
  private boolean layoutCommitted;
  private boolean ending;

  /** The lock, if it can be had now; else null. A writer's begins with an empty layout. */
  synchronized Session tryAcquire(LockRequest request) {
    if (ending) {
      return null;
    }
    boolean free = writer == null && readers.isEmpty();
    boolean readable = committed && writer == null && waitingWriters == 0;
    return switch (request) {
      case RW -> free ? write() : null;
      case RW_DATA -> free && layoutCommitted ? adopt() : null;
      case RO -> readable ? read() : null;
      case AUTO -> free && !committed ? write() : readable ? read() : null;
    };
  }

  private Session write() {
    boolean had = layoutCommitted;
    int count = layout.clear();
    committed = false;
    layoutCommitted = false;
    if (had) {
      event("allocations_cleared", count);
    }
    writer = new Session(LockType.RW);
    event("rw_connected", 0);
    return writer;
  }

  private Session adopt() {
    committed = false; // a writer may change what was published
    writer = new Session(LockType.RW_DATA);
    event("rw_connected", 0);
    return writer;
  }

  private Session read() {
    Session session = new Session(LockType.RO);
    readers.add(session);
    return session;
  }

  /** From now on {@code changed} is signalled when a lock may be had. */
  synchronized void addWaiter(EventFd changed, LockRequest request) {
    waiters.add(changed);
    if (request == LockRequest.RW || request == LockRequest.RW_DATA) {
      waitingWriters++;
    }
  }

  /** Undoes {@link #addWaiter}. */
  synchronized void removeWaiter(EventFd changed, LockRequest request) {
    waiters.remove(changed);
    if (request == LockRequest.RW || request == LockRequest.RW_DATA) {
      waitingWriters--;
      wake();
    }
  }

  private void wake() {
    for (EventFd each : waiters) {
      try {
        each.signal();
      } catch (LinuxException e) {
        LOG.log(Level.ERROR, "a client that waits may not be woken: " + e.getMessage(), e);
      }
    }
  }

  /** Takes a lock back. Without effect for a writer's that ended with its commit. */
  synchronized void release(Session session) {
    if (session == writer) {
      writer = null;
      if (session.lock() == LockType.RW) {
        int count = layout.clear();
        event("rw_aborted", 0);
        event("allocations_cleared", count);
      } else {
        event("rw_disconnected", layout.count());
      }
    } else {
      readers.remove(session);
    }
    wake();
  }

  /** Publishes what a writer has made, whose lock ends. */
  synchronized void commit(Session session) throws RefusedException {
    checkWriter(session, "commit");
    layout.seal();
    committed = true;
    layoutCommitted = true;
    writer = null;
    event("committed", 0);
    wake();
  }

  /** Makes the layout outlive its writer, who may change only contents from now on. */
  synchronized String commitLayout(Session session) throws RefusedException {
    checkLayout(session, "commit_layout");
    layout.seal();
    layoutCommitted = true;
    session.seal();
    event("layout_committed", layout.count());
    return layout.hash();
  }

  /** Adds memory to a writer's layout. */
  synchronized Allocation add(Session session, DeviceMemory memory, long size, String tag)
      throws RefusedException {
    checkLayout(session, "allocate");
    Allocation allocation =
        new Allocation(UUID.randomUUID().toString(), size, memory.size(), tag, layout.takeSlot());
    layout.add(allocation, memory);
    return allocation;
  }

  synchronized boolean free(Session session, String id) throws RefusedException {
    checkLayout(session, "free_allocation");
    return layout.free(id);
  }

  synchronized void putMetadata(Session session, String key, Metadata metadata)
      throws RefusedException {
    checkLayout(session, "metadata_put");
    layout.putMetadata(key, metadata);
  }

  synchronized boolean deleteMetadata(Session session, String key) throws RefusedException {
    checkLayout(session, "metadata_delete");
    return layout.deleteMetadata(key);
  }

  /** Memory ran out for a writer, who tries again. */
  synchronized void outOfMemory() {
    event("allocation_oom", layout.count());
  }

  synchronized Allocation get(String id) throws RefusedException {
    return layout.get(id);
  }

  /** With a descriptor, the caller's. */
  synchronized Fd export(String id) throws RefusedException, CudaException {
    return layout.export(id);
  }

  /**
   * Gets ready for the next reader, when the one before has been answered. What fails here fails
   * again for who asks, and is told to him.
   */
  synchronized void exportAhead() {
    if (!committed || ending) {
      return;
    }
    try {
      layout.exportAhead();
    } catch (CudaException e) {
      LOG.log(Level.DEBUG, "nothing is exported ahead", e);
    }
  }

  synchronized List<Allocation> list(String tag) {
    return layout.list(tag);
  }

  synchronized Metadata getMetadata(String key) {
    return layout.getMetadata(key);
  }

  synchronized List<String> keys(String prefix) {
    return layout.keys(prefix);
  }

  synchronized int count() {
    return layout.count();
  }

  synchronized String hash() {
    return layout.hash();
  }

  synchronized boolean committed() {
    return committed;
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  synchronized LockState state() {
    String name;
    if (writer != null) {
      name = "RW";
    } else if (!readers.isEmpty()) {
      name = "RO";
    } else if (committed) {
      name = "COMMITTED";
    } else {
      name = layoutCommitted ? "LAYOUT_COMMITTED" : "EMPTY";
    }
    return new LockState(
        name,
        writer != null,
        readers.size(),
        waitingWriters,
        committed,
        committed && writer == null,
        layoutCommitted);
  }

  synchronized Response.GetRuntimeState runtimeState() {
    return new Response.GetRuntimeState(state(), layout.count(), layout.hash());
  }

  /** From now on nobody gets a lock: the server ends, and all connections with it. */
  synchronized void end() {
    ending = true;
  }

  /** Frees everything, at the end of the server. */
  synchronized void clear() {
    layout.clear();
    committed = false;
    layoutCommitted = false;
  }

  private void checkWriter(Session session, String what) throws RefusedException {
    if (session != writer) {
      throw new RefusedException(
          Response.Failure.WRONG_LOCK, what + " needs the lock rw, this connection has ro");
    }
  }

  synchronized void checkLayout(Session session, String what) throws RefusedException {
    checkWriter(session, what);
    if (session.lock() != LockType.RW) {
      throw new RefusedException(
          Response.Failure.WRONG_LOCK, what + " is over: the layout is sealed (rw_data)");
    }
  }

  private void event(String kind, int allocations) {
    if (events.size() == MOST_EVENTS) {
      events.removeFirst();
    }
    events.addLast(new Event(kind, allocations));
  }
}
