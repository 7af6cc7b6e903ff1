package io.snapfs.gms.cuda;

import io.snapfs.linux.NativeFunction;
import io.snapfs.linux.NativeLibrary;

/**
 * What the driver offers for itself, devices and contexts. An address is a {@code long} called
 * {@code ...Address}; names and order of arguments are those of cuda.h.
 */
final class DriverCalls {
  private final NativeFunction cuInit;
  private final NativeFunction cuDriverGetVersion;
  private final NativeFunction cuGetErrorName;
  private final NativeFunction cuGetErrorString;
  private final NativeFunction cuDeviceGetCount;
  private final NativeFunction cuDeviceGet;
  private final NativeFunction cuDeviceGetName;
  private final NativeFunction cuDeviceGetUuid_v2;
  private final NativeFunction cuDeviceTotalMem_v2;
  private final NativeFunction cuDevicePrimaryCtxRetain;
  private final NativeFunction cuDevicePrimaryCtxRelease_v2;
  private final NativeFunction cuCtxSetCurrent;
  private final NativeFunction cuCtxSynchronize;
  private final NativeFunction cuMemGetInfo_v2;

  DriverCalls(NativeLibrary cuda) {
    cuInit = cuda.function("cuInit");
    cuDriverGetVersion = cuda.function("cuDriverGetVersion");
    cuGetErrorName = cuda.function("cuGetErrorName");
    cuGetErrorString = cuda.function("cuGetErrorString");
    cuDeviceGetCount = cuda.function("cuDeviceGetCount");
    cuDeviceGet = cuda.function("cuDeviceGet");
    cuDeviceGetName = cuda.function("cuDeviceGetName");
    cuDeviceGetUuid_v2 = cuda.function("cuDeviceGetUuid_v2");
    cuDeviceTotalMem_v2 = cuda.function("cuDeviceTotalMem_v2");
    cuDevicePrimaryCtxRetain = cuda.function("cuDevicePrimaryCtxRetain");
    cuDevicePrimaryCtxRelease_v2 = cuda.function("cuDevicePrimaryCtxRelease_v2");
    cuCtxSetCurrent = cuda.function("cuCtxSetCurrent");
    cuCtxSynchronize = cuda.function("cuCtxSynchronize");
    cuMemGetInfo_v2 = cuda.function("cuMemGetInfo_v2");
  }

  int cuInit(int flags) {
    return (int) cuInit.call(flags);
  }

  int cuDriverGetVersion(long versionAddress) {
    return (int) cuDriverGetVersion.call(versionAddress);
  }

  int cuGetErrorName(int code, long nameAddress) {
    return (int) cuGetErrorName.call(code, nameAddress);
  }

  int cuGetErrorString(int code, long textAddress) {
    return (int) cuGetErrorString.call(code, textAddress);
  }

  int cuDeviceGetCount(long countAddress) {
    return (int) cuDeviceGetCount.call(countAddress);
  }

  int cuDeviceGet(long deviceAddress, int ordinal) {
    return (int) cuDeviceGet.call(deviceAddress, ordinal);
  }

  int cuDeviceGetName(long nameAddress, int length, int device) {
    return (int) cuDeviceGetName.call(nameAddress, length, device);
  }

  int cuDeviceGetUuid_v2(long uuidAddress, int device) {
    return (int) cuDeviceGetUuid_v2.call(uuidAddress, device);
  }

  int cuDeviceTotalMem_v2(long bytesAddress, int device) {
    return (int) cuDeviceTotalMem_v2.call(bytesAddress, device);
  }

  int cuDevicePrimaryCtxRetain(long contextAddress, int device) {
    return (int) cuDevicePrimaryCtxRetain.call(contextAddress, device);
  }

  int cuDevicePrimaryCtxRelease_v2(int device) {
    return (int) cuDevicePrimaryCtxRelease_v2.call(device);
  }

  int cuCtxSetCurrent(long context) {
    return (int) cuCtxSetCurrent.call(context);
  }

  int cuCtxSynchronize() {
    return (int) cuCtxSynchronize.call();
  }

  int cuMemGetInfo_v2(long freeAddress, long totalAddress) {
    return (int) cuMemGetInfo_v2.call(freeAddress, totalAddress);
  }
}
