package io.snapfs.gms.cuda;

/**
 * Owns a share of a device's primary context. What is made from it (streams, events, pinned memory)
 * must be closed before. Safe for use by many threads, see the package about what is current.
 */
public final class CudaContext implements AutoCloseable {
  /**
   * What was made current last on each thread. The object and not the driver's handle, since a
   * context that was closed and opened again has the same handle.
   */
  private static final ThreadLocal<CudaContext[]> CURRENT =
      ThreadLocal.withInitial(() -> new CudaContext[1]);

  private static final int EVENT_DEFAULT = 0;
  private static final int EVENT_DISABLE_TIMING = 2;
  private static final int STREAM_NON_BLOCKING = 1;

  private final CudaLibrary library;
  private final CudaDevice device;
  private final long handle;
  private final Once closed = new Once();

  CudaContext(CudaLibrary library, CudaDevice device, long handle) {
    this.library = library;
    this.device = device;
    this.handle = handle;
  }

  /** Makes it the calling thread's; returns the library for the call that is to follow. */
  CudaLibrary enter() throws CudaException {
    CudaContext[] current = CURRENT.get();
    if (current[0] != this) {
      closed.check(this);
      library.check(library.driver().cuCtxSetCurrent(handle), "cuCtxSetCurrent", device);
      current[0] = this;
    }
    return library;
  }

  public CudaDevice device() {
    return device;
  }

  /** How much memory the device has now. */
  public MemoryInfo memory() throws CudaException {
    enter();
    Arguments arguments = Arguments.get();
    library.check(
        library.driver().cuMemGetInfo_v2(arguments.address(), arguments.address() + Long.BYTES),
        "cuMemGetInfo",
        device);
    return new MemoryInfo(arguments.buffer().getLong(0), arguments.buffer().getLong(Long.BYTES));
  }

  /** Waits for all that was begun on the device in this context. */
  public void synchronize() throws CudaException {
    enter();
    library.check(library.driver().cuCtxSynchronize(), "cuCtxSynchronize", device);
  }

  /** A stream that does not wait for the default stream. */
  public CudaStream createStream() throws CudaException {
    enter();
    Arguments arguments = Arguments.get();
    library.check(
        library.stream().cuStreamCreate(arguments.address(), STREAM_NON_BLOCKING),
        "cuStreamCreate",
        device);
    return new CudaStream(this, arguments.buffer().getLong(0));
  }

  /**
   * An event.
   *
   * @param timing whether it is to tell the time; waiting for it is cheaper if not
   */
  public CudaEvent createEvent(boolean timing) throws CudaException {
    enter();
    Arguments arguments = Arguments.get();
    library.check(
        library.stream()
            .cuEventCreate(arguments.address(), timing ? EVENT_DEFAULT : EVENT_DISABLE_TIMING),
        "cuEventCreate",
        device);
    return new CudaEvent(this, arguments.buffer().getLong(0));
  }

  /**
   * Copies from the host and returns when it is done.
   *
   * @param to a device address
   * @param from a host address
   */
  public void copyToDevice(long to, long from, long bytes) throws CudaException {
    enter();
    library.check(library.stream().cuMemcpyHtoD_v2(to, from, bytes), "cuMemcpyHtoD");
  }

  /**
   * Copies to the host and returns when it is done.
   *
   * @param to a host address
   * @param from a device address
   */
  public void copyToHost(long to, long from, long bytes) throws CudaException {
    enter();
    library.check(library.stream().cuMemcpyDtoH_v2(to, from, bytes), "cuMemcpyDtoH");
  }

  /** Gives the share back; the context goes with the last one. */
  @Override
  public void close() throws CudaException {
    if (closed.first()) {
      CudaContext[] current = CURRENT.get();
      if (current[0] == this) {
        current[0] = null;
        library.check(library.driver().cuCtxSetCurrent(0), "cuCtxSetCurrent", "none");
      }
      library.check(
          library.driver().cuDevicePrimaryCtxRelease_v2(device.handle()),
          "cuDevicePrimaryCtxRelease",
          device);
    }
  }

  @Override
  public String toString() {
    return "context of " + device;
  }
}
