package io.snapfs.gms.cuda;

/**
 * What the driver offers for itself, devices and contexts. An address is a {@code long} called
 * {@code ...Address}; names and order of arguments are those of cuda.h.
 *
 * <p>Not for use outside this package: it is public only because the class that jnr-ffi generates
 * for it lives in another class loader. The bindings are several interfaces, each made when it is
 * first used, because that takes jnr-ffi one to two milliseconds for each method. No binding may
 * have six arguments that are all numbers (see io.snapfs.linux.DataCalls).
 */
public interface DriverCalls {
  int cuInit(int flags);

  int cuDriverGetVersion(long versionAddress);

  int cuGetErrorName(int code, long nameAddress);

  int cuGetErrorString(int code, long textAddress);

  int cuDeviceGetCount(long countAddress);

  int cuDeviceGet(long deviceAddress, int ordinal);

  int cuDeviceGetName(long nameAddress, int length, int device);

  int cuDeviceGetUuid_v2(long uuidAddress, int device);

  int cuDeviceTotalMem_v2(long bytesAddress, int device);

  int cuDevicePrimaryCtxRetain(long contextAddress, int device);

  int cuDevicePrimaryCtxRelease_v2(int device);

  int cuCtxSetCurrent(long context);

  int cuCtxSynchronize();

  int cuMemGetInfo_v2(long freeAddress, long totalAddress);
}
