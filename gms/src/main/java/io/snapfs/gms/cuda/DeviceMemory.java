package io.snapfs.gms.cuda;

import io.snapfs.linux.Fd;

/**
 * Owns a handle to physical memory of a device. It has no address until it is mapped into an {@link
 * AddressRange}. The memory itself goes when all handles to it, in all processes, and all mappings
 * are gone. Needs no context.
 */
public final class DeviceMemory implements AutoCloseable {
  private static final int PINNED = 1;
  private static final int DEVICE = 1;
  private static final int POSIX_FD = 1;
  private static final int MINIMUM = 0;

  // CUmemAllocationProp
  private static final int HANDLE_TYPES = 4;
  private static final int LOCATION = 8;
  private static final int LOCATION_ID = 12;
  private static final int PROPERTIES = 32;

  private final CudaDevice device;
  private final long handle;
  private final long size;
  private final Once closed = new Once();

  private DeviceMemory(CudaDevice device, long handle, long size) {
    this.device = device;
    this.handle = handle;
    this.size = size;
  }

  /**
   * What sizes and addresses of a device's memory must be a multiple of, in bytes; a power of two.
   */
  public static long granularity(CudaDevice device) throws CudaException {
    CudaLibrary library = device.library();
    Arguments arguments = properties(device);
    library.check(
        library
            .memory()
            .cuMemGetAllocationGranularity(
                arguments.address() + PROPERTIES, arguments.address(), MINIMUM),
        "cuMemGetAllocationGranularity",
        device);
    return arguments.buffer().getLong(PROPERTIES);
  }

  /**
   * Allocates memory that can be exported.
   *
   * @param size a multiple of {@link #granularity}, above 0
   * @throws CudaException OUT_OF_MEMORY if there is not so much free
   */
  public static DeviceMemory create(CudaDevice device, long size) throws CudaException {
    CudaLibrary library = device.library();
    Arguments arguments = properties(device);
    int result =
        library
            .memory()
            .cuMemCreate(arguments.address() + PROPERTIES, size, arguments.address(), 0);
    if (result != 0) {
      throw library.failure(result, "cuMemCreate", "of " + size + " bytes on " + device);
    }
    return new DeviceMemory(device, arguments.buffer().getLong(PROPERTIES), size);
  }

  /**
   * Takes a handle to memory of another process.
   *
   * @param from what {@link #export} gave there; it stays the caller's and can be closed afterwards
   * @param size of the memory, which the driver does not tell
   */
  public static DeviceMemory importFrom(CudaDevice device, Fd from, long size)
      throws CudaException {
    CudaLibrary library = device.library();
    Arguments arguments = Arguments.get();
    library.check(
        library
            .memory()
            .cuMemImportFromShareableHandle(arguments.address(), from.intValue(), POSIX_FD),
        "cuMemImportFromShareableHandle",
        from);
    return new DeviceMemory(device, arguments.buffer().getLong(0), size);
  }

  private static Arguments properties(CudaDevice device) {
    Arguments arguments = Arguments.zeroed(PROPERTIES);
    arguments.buffer().putInt(0, PINNED).putInt(HANDLE_TYPES, POSIX_FD);
    arguments.buffer().putInt(LOCATION, DEVICE).putInt(LOCATION_ID, device.handle());
    return arguments;
  }

  /** A descriptor that stands for it in any process that it is sent to. The caller closes it. */
  public Fd export() throws CudaException {
    CudaLibrary library = device.library();
    Arguments arguments = Arguments.get();
    library.check(
        library.memory().cuMemExportToShareableHandle(arguments.address(), handle(), POSIX_FD, 0),
        "cuMemExportToShareableHandle",
        this);
    return Fd.adopt(arguments.buffer().getInt(0), "device memory of " + size + " bytes");
  }

  public CudaDevice device() {
    return device;
  }

  /** In bytes. */
  public long size() {
    return size;
  }

  long handle() {
    closed.check(this);
    return handle;
  }

  /** Releases the handle; mappings of it stay good. */
  @Override
  public void close() throws CudaException {
    if (closed.first()) {
      CudaLibrary library = device.library();
      library.check(library.memory().cuMemRelease(handle), "cuMemRelease", this);
    }
  }

  @Override
  public String toString() {
    return "memory of " + size + " bytes on " + device;
  }
}
