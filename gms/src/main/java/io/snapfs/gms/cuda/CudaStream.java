package io.snapfs.gms.cuda;

/** Owns a stream: what is put into it is done in that order. */
public final class CudaStream implements AutoCloseable {
  private final CudaContext context;
  private final long handle;
  private final Once closed = new Once();

  CudaStream(CudaContext context, long handle) {
    this.context = context;
    this.handle = handle;
  }

  /**
   * Begins a copy from the host.
   *
   * @param to a device address, mapped for writing until the copy is done
   * @param from a host address; if that memory isn't pinned, the call may copy it first. Neither
   *     may change until the copy is done
   */
  public void copyToDevice(long to, long from, long bytes) throws CudaException {
    CudaLibrary library = context.enter();
    library.check(
        library.stream().cuMemcpyHtoDAsync_v2(to, from, bytes, handle), "cuMemcpyHtoDAsync");
  }

  /**
   * Begins a copy to the host.
   *
   * @param to a host address
   * @param from a device address
   */
  public void copyToHost(long to, long from, long bytes) throws CudaException {
    CudaLibrary library = context.enter();
    library.check(
        library.stream().cuMemcpyDtoHAsync_v2(to, from, bytes, handle), "cuMemcpyDtoHAsync");
  }

  /** What is put into it from now on waits for an event of another stream. */
  public void await(CudaEvent event) throws CudaException {
    CudaLibrary library = context.enter();
    library.check(
        library.stream().cuStreamWaitEvent(handle, event.handle(), 0), "cuStreamWaitEvent");
  }

  /** Waits until all that was put into it is done; an error of any of that comes out here. */
  public void synchronize() throws CudaException {
    CudaLibrary library = context.enter();
    library.check(library.stream().cuStreamSynchronize(handle), "cuStreamSynchronize");
  }

  long handle() {
    closed.check(this);
    return handle;
  }

  /** Ends it when it has done what was put into it. */
  @Override
  public void close() throws CudaException {
    if (closed.first()) {
      CudaLibrary library = context.enter();
      library.check(library.stream().cuStreamDestroy_v2(handle), "cuStreamDestroy");
    }
  }

  @Override
  public String toString() {
    return "stream of " + context.device();
  }
}
