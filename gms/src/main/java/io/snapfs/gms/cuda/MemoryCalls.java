package io.snapfs.gms.cuda;

/** What the driver offers for memory of its own and of the host. See {@link DriverCalls}. */
public interface MemoryCalls {
  int cuMemGetAllocationGranularity(long bytesAddress, long propertiesAddress, int option);

  int cuMemCreate(long handleAddress, long size, long propertiesAddress, long flags);

  int cuMemRelease(long handle);

  int cuMemExportToShareableHandle(long toAddress, long handle, int type, long flags);

  int cuMemImportFromShareableHandle(long handleAddress, long osHandle, int type);

  int cuMemAddressReserve(long toAddress, long size, long alignment, long wanted, long flags);

  int cuMemAddressFree(long at, long size);

  int cuMemMap(long at, long size, long offset, long handle, long flags);

  int cuMemSetAccess(long at, long size, long descriptionAddress, long count);

  int cuMemUnmap(long at, long size);

  int cuMemHostAlloc(long toAddress, long size, int flags);

  int cuMemFreeHost(long at);

  int cuMemHostRegister_v2(long at, long size, int flags);

  int cuMemHostUnregister(long at);
}
