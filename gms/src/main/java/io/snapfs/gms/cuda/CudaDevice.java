package io.snapfs.gms.cuda;

/** One device. Stateless. */
public final class CudaDevice {
  private static final int MOST_NAME = 256;

  private final CudaLibrary library;
  private final int ordinal;
  private final int handle;
  private final String name;
  private final GpuUuid uuid;
  private final long totalBytes;

  private CudaDevice(
      CudaLibrary library, int ordinal, int handle, String name, GpuUuid uuid, long totalBytes) {
    this.library = library;
    this.ordinal = ordinal;
    this.handle = handle;
    this.name = name;
    this.uuid = uuid;
    this.totalBytes = totalBytes;
  }

  static CudaDevice of(CudaLibrary library, int ordinal) throws CudaException {
    DriverCalls calls = library.driver();
    Arguments arguments = Arguments.get();
    library.check(calls.cuDeviceGet(arguments.address(), ordinal), "cuDeviceGet", ordinal);
    int handle = arguments.buffer().getInt(0);
    library.check(
        calls.cuDeviceGetName(arguments.address(), MOST_NAME, handle), "cuDeviceGetName", ordinal);
    String name = arguments.text();
    library.check(
        calls.cuDeviceGetUuid_v2(arguments.address(), handle), "cuDeviceGetUuid", ordinal);
    GpuUuid uuid = GpuUuid.of(arguments.bytes(0, GpuUuid.BYTES));
    library.check(
        calls.cuDeviceTotalMem_v2(arguments.address(), handle), "cuDeviceTotalMem", ordinal);
    return new CudaDevice(library, ordinal, handle, name, uuid, arguments.buffer().getLong(0));
  }

  /** Its number in the driver's order, from 0. */
  public int ordinal() {
    return ordinal;
  }

  /** What it is, such as {@code NVIDIA H100 80GB HBM3}. */
  public String name() {
    return name;
  }

  public GpuUuid uuid() {
    return uuid;
  }

  /** All of its memory, in bytes. */
  public long totalBytes() {
    return totalBytes;
  }

  /**
   * Its primary context, made if nobody in this process holds it: that takes 0.1 to 0.3 s and half
   * a gigabyte of the device's memory until it is closed.
   */
  public CudaContext openContext() throws CudaException {
    Arguments arguments = Arguments.get();
    library.check(
        library.driver().cuDevicePrimaryCtxRetain(arguments.address(), handle),
        "cuDevicePrimaryCtxRetain",
        this);
    return new CudaContext(library, this, arguments.buffer().getLong(0));
  }

  CudaLibrary library() {
    return library;
  }

  /** The driver's own number. */
  int handle() {
    return handle;
  }

  @Override
  public String toString() {
    return "device " + ordinal + " (" + uuid + ")";
  }
}
