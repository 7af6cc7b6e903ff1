package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaEvent;
import io.snapfs.gms.cuda.CudaStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Owns the streams of one device, and events in them. Safe for use by many threads. */
final class DeviceStreams implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeviceStreams.class.getName());

  private final Target target;
  private final List<CudaStream> streams = new ArrayList<>();
  private final Queue<CudaEvent> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger next = new AtomicInteger();

  /** A point in a stream. */
  final class Mark {
    private final CudaEvent event;

    private Mark(CudaEvent event) {
      this.event = event;
    }

    /** Waits until all before it is done. Once. */
    void await() throws IOException {
      event.synchronize();
      events.add(event);
    }

    /** It can't be waited for: waits for all that the device does instead, as far as it can. */
    void abandon() {
      events.add(event);
      synchronizeQuietly();
    }
  }

  DeviceStreams(Target target, int count) throws IOException {
    this.target = target;
    for (int i = 0; i < count; i++) {
      streams.add(target.context().createStream());
    }
  }

  Target target() {
    return target;
  }

  CudaContext context() {
    return target.context();
  }

  /** One of them, in turn. */
  CudaStream next() {
    return streams.get(Math.floorMod(next.getAndIncrement(), streams.size()));
  }

  /** Marks the end of what was put into one of the streams so far. */
  Mark mark(CudaStream stream) throws IOException {
    CudaEvent event = events.poll();
    if (event == null) {
      event = context().createEvent(false);
    }
    event.record(stream);
    return new Mark(event);
  }

  /** Waits for all copies; an error of any of them comes out here. */
  void synchronize() throws IOException {
    for (CudaStream stream : streams) {
      stream.synchronize();
    }
  }

  /** The same where something has failed already; a device that has failed does nothing more. */
  void synchronizeQuietly() {
    try {
      synchronize();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "after a failure", e);
    }
  }

  @Override
  public void close() throws IOException {
    for (CudaEvent event : events) {
      event.close();
    }
    for (CudaStream stream : streams) {
      stream.close();
    }
  }
}
