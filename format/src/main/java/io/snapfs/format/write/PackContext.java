package io.snapfs.format.write;

import io.snapfs.format.codec.CodecPolicy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the tasks of one pack run share. Safe for use by many threads. */
final class PackContext implements AutoCloseable {
  private final StoreIndex index;
  private final SessionIds ids;
  private final List<Worker> workers = new CopyOnWriteArrayList<>();
  private final ThreadLocal<Worker> current;

  PackContext(StoreIndex index, SessionIds ids, CodecPolicy codec) {
    this.index = index;
    this.ids = ids;
    this.current =
        ThreadLocal.withInitial(
            () -> {
              Worker worker = new Worker(codec);
              workers.add(worker);
              return worker;
            });
  }

  StoreIndex index() {
    return index;
  }

  SessionIds ids() {
    return ids;
  }

  /** The calling thread's tools. */
  Worker worker() {
    return current.get();
  }

  /** Frees the native contexts; only after the worker threads have ended. */
  @Override
  public void close() {
    workers.forEach(Worker::close);
    workers.clear();
  }
}
