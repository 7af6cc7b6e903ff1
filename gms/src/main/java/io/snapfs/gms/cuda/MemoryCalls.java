package io.snapfs.gms.cuda;

import io.snapfs.linux.NativeFunction;
import io.snapfs.linux.NativeLibrary;

/** What the driver offers for memory of its own and of the host. See {@link DriverCalls}. */
final class MemoryCalls {
  private final NativeFunction cuMemGetAllocationGranularity;
  private final NativeFunction cuMemCreate;
  private final NativeFunction cuMemRelease;
  private final NativeFunction cuMemExportToShareableHandle;
  private final NativeFunction cuMemImportFromShareableHandle;
  private final NativeFunction cuMemAddressReserve;
  private final NativeFunction cuMemAddressFree;
  private final NativeFunction cuMemMap;
  private final NativeFunction cuMemSetAccess;
  private final NativeFunction cuMemUnmap;
  private final NativeFunction cuMemHostAlloc;
  private final NativeFunction cuMemFreeHost;
  private final NativeFunction cuMemHostRegister_v2;
  private final NativeFunction cuMemHostUnregister;

  MemoryCalls(NativeLibrary cuda) {
    cuMemGetAllocationGranularity = cuda.function("cuMemGetAllocationGranularity");
    cuMemCreate = cuda.function("cuMemCreate");
    cuMemRelease = cuda.function("cuMemRelease");
    cuMemExportToShareableHandle = cuda.function("cuMemExportToShareableHandle");
    cuMemImportFromShareableHandle = cuda.function("cuMemImportFromShareableHandle");
    cuMemAddressReserve = cuda.function("cuMemAddressReserve");
    cuMemAddressFree = cuda.function("cuMemAddressFree");
    cuMemMap = cuda.function("cuMemMap");
    cuMemSetAccess = cuda.function("cuMemSetAccess");
    cuMemUnmap = cuda.function("cuMemUnmap");
    cuMemHostAlloc = cuda.function("cuMemHostAlloc");
    cuMemFreeHost = cuda.function("cuMemFreeHost");
    cuMemHostRegister_v2 = cuda.function("cuMemHostRegister_v2");
    cuMemHostUnregister = cuda.function("cuMemHostUnregister");
  }

  int cuMemGetAllocationGranularity(long bytesAddress, long propertiesAddress, int option) {
    return (int) cuMemGetAllocationGranularity.call(bytesAddress, propertiesAddress, option);
  }

  int cuMemCreate(long handleAddress, long size, long propertiesAddress, long flags) {
    return (int) cuMemCreate.call(handleAddress, size, propertiesAddress, flags);
  }

  int cuMemRelease(long handle) {
    return (int) cuMemRelease.call(handle);
  }

  int cuMemExportToShareableHandle(long toAddress, long handle, int type, long flags) {
    return (int) cuMemExportToShareableHandle.call(toAddress, handle, type, flags);
  }

  int cuMemImportFromShareableHandle(long handleAddress, long osHandle, int type) {
    return (int) cuMemImportFromShareableHandle.call(handleAddress, osHandle, type);
  }

  int cuMemAddressReserve(long toAddress, long size, long alignment, long wanted, long flags) {
    return (int) cuMemAddressReserve.call(toAddress, size, alignment, wanted, flags);
  }

  int cuMemAddressFree(long at, long size) {
    return (int) cuMemAddressFree.call(at, size);
  }

  int cuMemMap(long at, long size, long offset, long handle, long flags) {
    return (int) cuMemMap.call(at, size, offset, handle, flags);
  }

  int cuMemSetAccess(long at, long size, long descriptionAddress, long count) {
    return (int) cuMemSetAccess.call(at, size, descriptionAddress, count);
  }

  int cuMemUnmap(long at, long size) {
    return (int) cuMemUnmap.call(at, size);
  }

  int cuMemHostAlloc(long toAddress, long size, int flags) {
    return (int) cuMemHostAlloc.call(toAddress, size, flags);
  }

  int cuMemFreeHost(long at) {
    return (int) cuMemFreeHost.call(at);
  }

  int cuMemHostRegister_v2(long at, long size, int flags) {
    return (int) cuMemHostRegister_v2.call(at, size, flags);
  }

  int cuMemHostUnregister(long at) {
    return (int) cuMemHostUnregister.call(at);
  }
}
