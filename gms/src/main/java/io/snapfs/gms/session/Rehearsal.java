package io.snapfs.gms.session;

import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaEvent;
import io.snapfs.gms.cuda.CudaStream;
import io.snapfs.gms.cuda.DeviceMemory;
import io.snapfs.gms.cuda.PinnedMemory;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;

/**
 * Makes once, with a little memory, the calls of the driver that a load makes: what is set up at
 * the first of each, in the driver and in this process, need not be waited for by a load then.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /** Does it; all memory is given back. Takes some tenths of a second. */
  public static void run(CudaContext context) throws IOException {
    long size = DeviceMemory.granularity(context.device());
    try (NativeMemory host = NativeMemory.allocate(size);
        PinnedMemory pinned = PinnedMemory.register(context, host);
        DeviceMemory memory = DeviceMemory.create(context.device(), size);
        AddressRange range = AddressRange.reserve(context.device(), size, 0);
        CudaStream stream = context.createStream();
        CudaEvent event = context.createEvent(false)) {
      range.map(0, memory, AddressRange.Access.READ_WRITE);
      stream.copyToDevice(range.address(), pinned.address(), size);
      event.record(stream);
      event.synchronize();
      stream.synchronize();
    }
  }
}
