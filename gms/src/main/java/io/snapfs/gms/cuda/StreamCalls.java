package io.snapfs.gms.cuda;

/** What the driver offers for copies, streams and events. See {@link DriverCalls}. */
public interface StreamCalls {
  int cuStreamCreate(long streamAddress, int flags);

  int cuStreamDestroy_v2(long stream);

  int cuStreamSynchronize(long stream);

  int cuStreamWaitEvent(long stream, long event, int flags);

  int cuEventCreate(long eventAddress, int flags);

  int cuEventDestroy_v2(long event);

  int cuEventRecord(long event, long stream);

  int cuEventQuery(long event);

  int cuEventSynchronize(long event);

  int cuEventElapsedTime(long millisAddress, long from, long to);

  int cuMemcpyHtoDAsync_v2(long to, long from, long size, long stream);

  int cuMemcpyDtoHAsync_v2(long to, long from, long size, long stream);

  int cuMemcpyHtoD_v2(long to, long from, long size);

  int cuMemcpyDtoH_v2(long to, long from, long size);
}
