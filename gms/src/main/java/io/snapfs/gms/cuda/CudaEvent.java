package io.snapfs.gms.cuda;

/** Owns an event: a point in a stream that can be waited for. */
public final class CudaEvent implements AutoCloseable {
  private final CudaContext context;
  private final long handle;
  private final Once closed = new Once();

  CudaEvent(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  /** From now on it stands for all that was put into a stream so far. */
  public void record(CudaStream stream) throws CudaException {
    CudaLibrary library = context.enter();
    library.check(library.stream().cuEventRecord(handle, stream.handle()), "cuEventRecord");
  }

  /** Whether what it stands for is done; true if it was never recorded. */
  public boolean isDone() throws CudaException {
    CudaLibrary library = context.enter();
    int result = library.stream().cuEventQuery(handle);
    if (result == CudaException.NOT_READY) {
      return false;
    }
    library.check(result, "cuEventQuery");
    return true;
  }

  /** Waits until what it stands for is done. */
  public void synchronize() throws CudaException {
    CudaLibrary library = context.enter();
    library.check(library.stream().cuEventSynchronize(handle), "cuEventSynchronize");
  }

  /**
   * The time from an earlier event to this one in milliseconds; both made with timing, recorded and
   * done.
   */
  public float millisSince(CudaEvent earlier) throws CudaException {
    CudaLibrary library = context.enter();
    Arguments arguments = Arguments.get();
    library.check(
        library.stream().cuEventElapsedTime(arguments.address(), earlier.handle, handle),
        "cuEventElapsedTime");
    return arguments.buffer().getFloat(0);
  }

  long handle() {
    closed.check(this);
    return handle;
  }

  @Override
  public void close() throws CudaException {
    if (closed.first()) {
      CudaLibrary library = context.enter();
      library.check(library.stream().cuEventDestroy_v2(handle), "cuEventDestroy");
    }
  }

  @Override
  public String toString() {
    return "event of " + context.device();
  }
}
