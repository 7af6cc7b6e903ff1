package io.snapfs.gms.cuda;

import io.snapfs.linux.NativeFunction;
import io.snapfs.linux.NativeLibrary;

/** What the driver offers for copies, streams and events. See {@link DriverCalls}. */
final class StreamCalls {
  private final NativeFunction cuStreamCreate;
  private final NativeFunction cuStreamDestroy_v2;
  private final NativeFunction cuStreamSynchronize;
  private final NativeFunction cuStreamWaitEvent;
  private final NativeFunction cuEventCreate;
  private final NativeFunction cuEventDestroy_v2;
  private final NativeFunction cuEventRecord;
  private final NativeFunction cuEventQuery;
  private final NativeFunction cuEventSynchronize;
  private final NativeFunction cuEventElapsedTime;
  private final NativeFunction cuMemcpyHtoDAsync_v2;
  private final NativeFunction cuMemcpyDtoHAsync_v2;
  private final NativeFunction cuMemcpyHtoD_v2;
  private final NativeFunction cuMemcpyDtoH_v2;

  StreamCalls(NativeLibrary cuda) {
    cuStreamCreate = cuda.function("cuStreamCreate");
    cuStreamDestroy_v2 = cuda.function("cuStreamDestroy_v2");
    cuStreamSynchronize = cuda.function("cuStreamSynchronize");
    cuStreamWaitEvent = cuda.function("cuStreamWaitEvent");
    cuEventCreate = cuda.function("cuEventCreate");
    cuEventDestroy_v2 = cuda.function("cuEventDestroy_v2");
    cuEventRecord = cuda.function("cuEventRecord");
    cuEventQuery = cuda.function("cuEventQuery");
    cuEventSynchronize = cuda.function("cuEventSynchronize");
    cuEventElapsedTime = cuda.function("cuEventElapsedTime");
    cuMemcpyHtoDAsync_v2 = cuda.function("cuMemcpyHtoDAsync_v2");
    cuMemcpyDtoHAsync_v2 = cuda.function("cuMemcpyDtoHAsync_v2");
    cuMemcpyHtoD_v2 = cuda.function("cuMemcpyHtoD_v2");
    cuMemcpyDtoH_v2 = cuda.function("cuMemcpyDtoH_v2");
  }

  int cuStreamCreate(long streamAddress, int flags) {
    return (int) cuStreamCreate.call(streamAddress, flags);
  }

  int cuStreamDestroy_v2(long stream) {
    return (int) cuStreamDestroy_v2.call(stream);
  }

  int cuStreamSynchronize(long stream) {
    return (int) cuStreamSynchronize.call(stream);
  }

  int cuStreamWaitEvent(long stream, long event, int flags) {
    return (int) cuStreamWaitEvent.call(stream, event, flags);
  }

  int cuEventCreate(long eventAddress, int flags) {
    return (int) cuEventCreate.call(eventAddress, flags);
  }

  int cuEventDestroy_v2(long event) {
    return (int) cuEventDestroy_v2.call(event);
  }

  int cuEventRecord(long event, long stream) {
    return (int) cuEventRecord.call(event, stream);
  }

  int cuEventQuery(long event) {
    return (int) cuEventQuery.call(event);
  }

  int cuEventSynchronize(long event) {
    return (int) cuEventSynchronize.call(event);
  }

  int cuEventElapsedTime(long millisAddress, long from, long to) {
    return (int) cuEventElapsedTime.call(millisAddress, from, to);
  }

  int cuMemcpyHtoDAsync_v2(long to, long from, long size, long stream) {
    return (int) cuMemcpyHtoDAsync_v2.call(to, from, size, stream);
  }

  int cuMemcpyDtoHAsync_v2(long to, long from, long size, long stream) {
    return (int) cuMemcpyDtoHAsync_v2.call(to, from, size, stream);
  }

  int cuMemcpyHtoD_v2(long to, long from, long size) {
    return (int) cuMemcpyHtoD_v2.call(to, from, size);
  }

  int cuMemcpyDtoH_v2(long to, long from, long size) {
    return (int) cuMemcpyDtoH_v2.call(to, from, size);
  }
}
