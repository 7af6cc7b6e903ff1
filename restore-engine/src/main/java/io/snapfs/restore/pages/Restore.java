package io.snapfs.restore.pages;

import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PidFd;
import io.snapfs.linux.Poll;
import io.snapfs.linux.Processes;
import io.snapfs.linux.SocketMessage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One restore by CRIU, from its connection until the memory of all of its processes is filled. Its
 * thread talks to CRIU, and then looks for forked processes, to guard them too. Its monitor guards
 * the processes and how they fare; it is not held while anything waits.
 */
final class Restore implements Runnable, LazyRestore {
  private static final Logger LOG = System.getLogger(Restore.class.getName());

  private static final int FINISHED = 0x52535446;
  private static final int PROBE = 0;
  private static final int IDLE_MILLIS = 200;

  /** So long after a fork the child must have appeared in /proc, or is not going to. */
  private static final int CENSUSES = 500;

  private final Path workDir;
  private final LazySocket socket;
  private final Shared shared;
  private final Guard guard;
  private final Runnable memoryKnown;
  private final Consumer<Restore> changed;
  private final Tally tally = new Tally();
  private final long start = System.nanoTime();
  private final long storedBefore;
  private final EventFd wake = new EventFd();
  private final Map<Integer, LazyProcess> processes = new HashMap<>();
  private final Map<Integer, Fd> pidFds = new HashMap<>();
  private final List<EventFd> wakes = new ArrayList<>();
  private int running;
  private int censuses;
  private volatile boolean abandoned;
  private volatile boolean ended;
  private IOException failure;
  private PageServerReport last;

  /**
   * Listens in a work dir.
   *
   * @param memoryKnown is called, without locks, when CRIU has told of memory
   * @param changed is called, without locks, when the restore has ended
   */
  Restore(Path workDir, Shared shared, Guard guard, Runnable memoryKnown, Consumer<Restore> changed)
      throws IOException {
    this.workDir = workDir;
    this.shared = shared;
    this.guard = guard;
    this.memoryKnown = memoryKnown;
    this.changed = changed;
    this.storedBefore = shared.reader().storedBytes();
    boolean made = false;
    try {
      this.socket = new LazySocket(workDir);
      made = true;
    } finally {
      if (!made) {
        wake.close();
      }
    }
  }

  @Override
  public void run() {
    try (socket) {
      if (receiveProcesses()) {
        restored();
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
    shared.queue().allPlanned();
    while (isRunning()) {
      try {
        watchForks();
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      }
    }
    end();
  }

  /** True if CRIU said that the restore has finished. */
  private boolean receiveProcesses() throws IOException {
    SocketMessage message = new SocketMessage(Integer.BYTES);
    while (true) {
      try (Fd connection = socket.accept(wake.fd())) {
        if (connection == null) {
          return false;
        }
        int word = receive(connection, message);
        if (word == PROBE) {
          continue; // another page server looked whether anybody is here
        }
        for (; word != FINISHED; word = receive(connection, message)) {
          if (word > 0) {
            receiveProcess(connection, message, word);
          } // a zombie is below 0 and has no memory
        }
        return true;
      }
    }
  }

  private int receive(Fd connection, SocketMessage message) throws IOException {
    for (int have = 0; have < Integer.BYTES; ) {
      have += receive(connection, message, have, Integer.BYTES - have);
    }
    return message.data().getInt(0);
  }

  private int receive(Fd connection, SocketMessage message, int from, int length)
      throws IOException {
    int count = socket.await(connection, wake.fd()) ? message.receive(connection, from, length) : 0;
    if (count == 0) {
      throw new SnapfsException(
          "the restore in "
              + workDir
              + " failed: CRIU ended before it said that the processes run. Its log says why");
    }
    return count;
  }

  private void receiveProcess(Fd connection, SocketMessage message, int pid) throws IOException {
    receive(connection, message, 0, 1);
    List<Fd> fds = message.takeFds();
    FillPlan.Memory memory = shared.plan().memory(pid);
    if (fds.size() != 1 || memory == null || processes.containsKey(pid)) {
      fds.forEach(Fd::close);
      throw new SnapfsException(
          "CRIU sent "
              + fds.size()
              + " descriptors for process "
              + pid
              + (memory == null ? ", which the artifact has no memory of" : ", expected one")
              + ". Do the images that CRIU restores belong to the artifact?");
    }
    start(pid, message.senderPid(), fds.get(0), memory);
  }

  private void start(int pid, int realPid, Fd received, FillPlan.Memory memory) throws IOException {
    LazyProcess process;
    try (received) {
      if (realPid == 0) {
        throw new SnapfsException(
            "process "
                + pid
                + " can't be seen from here, and so not be guarded: run the page server in the pid"
                + " namespace of CRIU or one above it");
      }
      Fd pidFd = PidFd.open(realPid);
      synchronized (this) {
        pidFds.put(realPid, PidFd.open(realPid));
      }
      if (!guard.watch(realPid)) {
        pidFd.close();
        throw new SnapfsException("process " + pid + " has ended while it was being restored");
      }
      process =
          new LazyProcess(
              "process " + realPid, guard.place(received), pidFd, this::killAll, tally, false);
      synchronized (this) {
        processes.put(pid, process);
      }
    }
    List<Segment> segments = segments(process, memory);
    segments.forEach(process::add);
    List<List<Segment>> others = new ArrayList<>();
    for (List<FillPlan.Piece> mapping : memory.others()) {
      others.add(segments(process, mapping, new Gate[] {Gate.opened()}));
    }
    serve(process, others);
    shared.queue().plan(segments);
    memoryKnown.run();
  }

  private List<Segment> segments(LazyProcess process, FillPlan.Memory memory) {
    Gate[] gates = new Gate[memory.areas()];
    for (int i = 0; i < gates.length; i++) {
      gates[i] = new Gate();
    }
    return segments(process, memory.pieces(), gates);
  }

  private List<Segment> segments(LazyProcess process, List<FillPlan.Piece> pieces, Gate[] gates) {
    List<Segment> segments = new ArrayList<>(pieces.size());
    for (FillPlan.Piece piece : pieces) {
      Gate gate = gates[Math.min(piece.area(), gates.length - 1)];
      boolean isShared = shared.plan().isShared(piece.chunk());
      segments.add(
          new Segment(
              process,
              gate,
              piece.address(),
              piece.length(),
              piece.chunk(),
              piece.offset(),
              isShared));
    }
    return segments;
  }

  /** A process of ours forked: its child has pages missing too. */
  void forked(LazyProcess child) throws LinuxException {
    synchronized (this) {
      censuses = CENSUSES;
    }
    wake.signal();
    List<Segment> segments = child.segments().all();
    serve(child, List.of());
    shared.queue().plan(segments);
  }

  private void serve(LazyProcess process, List<List<Segment>> others) throws LinuxException {
    EventFd itsWake = new EventFd();
    FaultServer server = new FaultServer(process, this, shared, others, itsWake);
    synchronized (this) {
      wakes.add(itsWake);
      running++;
    }
    tally.processes.increment();
    Thread thread = new Thread(server, "snapfs-faults " + process.name());
    thread.setDaemon(true);
    thread.start();
  }

  private void restored() throws LinuxException {
    synchronized (this) {
      processes.values().forEach(LazyProcess::restored);
      for (EventFd each : wakes) {
        each.signal();
      }
    }
    shared.queue().release();
  }

  /** Guards what is forked, until no process needs us any more. */
  private void watchForks() throws LinuxException {
    Poll poll = new Poll(1);
    poll.add(wake.fd(), Poll.POLLIN);
    while (isRunning()) {
      boolean looking = takeCensus();
      poll.await(looking ? 1 : IDLE_MILLIS);
      wake.drain();
    }
  }

  private synchronized boolean isRunning() {
    return running > 0;
  }

  /** Looks for processes that weren't there before. True if it is to be done again soon. */
  private boolean takeCensus() throws LinuxException {
    List<Integer> roots;
    synchronized (this) {
      if (censuses == 0) {
        return false;
      }
      censuses--;
      roots = List.copyOf(pidFds.keySet());
    }
    for (int root : roots) {
      for (int pid : Descendants.of(root)) {
        if (!guard.knows(pid) && guard.watch(pid)) {
          remember(pid);
        }
      }
    }
    return true;
  }

  private void remember(int pid) throws LinuxException {
    try {
      Fd pidFd = PidFd.open(pid);
      synchronized (this) {
        pidFds.put(pid, pidFd);
      }
    } catch (LinuxException e) {
      if (!e.isErrno(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  /** Ends every process of this restore: memory of one of them can't come. */
  private void killAll(String reason) {
    List<Fd> all;
    synchronized (this) {
      all = List.copyOf(pidFds.values());
    }
    for (Fd pidFd : all) {
      try {
        PidFd.signal(pidFd, Processes.SIGKILL);
        tally.killed.increment();
        LOG.log(Level.ERROR, "{0} was killed: {1}", pidFd.path(), reason);
      } catch (LinuxException e) {
        if (!e.isErrno(Errno.ESRCH)) {
          LOG.log(Level.ERROR, "{0}; {1}", e.getMessage(), reason);
        }
      }
    }
  }

  @Override
  public void abandon() {
    abandoned = true;
    wakeAll();
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** The thread of a process ends. */
  void ended(LazyProcess process, Throwable itsFailure) {
    if (itsFailure != null) {
      LOG.log(Level.ERROR, "serving " + process.name() + " failed", itsFailure);
      fail(itsFailure);
    }
    if (!process.isOver()) {
      process.kill(
          itsFailure == null
              ? "its page server stops before all of its memory is there"
              : String.valueOf(itsFailure.getMessage()));
    }
    process.close();
    synchronized (this) {
      running--;
    }
    wakeAll();
  }

  private void fail(Throwable e) {
    synchronized (this) {
      if (failure == null) {
        failure = e instanceof IOException io ? io : new IOException(e.toString(), e);
      }
    }
    abandon();
  }

  private void wakeAll() {
    synchronized (this) {
      if (ended) {
        return;
      }
      try {
        wake.signal();
        for (EventFd each : wakes) {
          each.signal();
        }
      } catch (LinuxException e) {
        LOG.log(Level.WARNING, "threads notice it later, since they can''t be woken", e);
      }
    }
  }

  private void end() {
    synchronized (this) {
      last = tally.report(System.nanoTime() - start, shared.reader().storedBytes() - storedBefore);
      ended = true;
      notifyAll();
      pidFds.keySet().forEach(guard::forget);
      pidFds.values().forEach(Fd::close);
      pidFds.clear();
      wakes.forEach(EventFd::close);
      wakes.clear();
      wake.close();
    }
    changed.accept(this);
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  @Override
  public void awaitEnd() throws IOException, InterruptedException {
    synchronized (this) {
      while (!ended) {
        wait();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Override
  public synchronized PageServerReport report() {
    return ended
        ? last
        : tally.report(System.nanoTime() - start, shared.reader().storedBytes() - storedBefore);
  }

  /** Adds what was done for it so far. */
  void addTo(Tally sum) {
    tally.addTo(sum);
  }

  /** Why it failed; null if it didn't. */
  synchronized IOException failure() {
    return failure;
  }
}
