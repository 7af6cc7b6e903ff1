package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;
import io.snapfs.linux.Kernel;
import io.snapfs.linux.LinuxException;

final class KernelDirectIoTest extends DirectIoConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }

  @Override
  int longestRequest() {
    return 1 << 20;
  }

  @Override
  boolean mapsShared() throws LinuxException {
    return Kernel.current().isAtLeast(6, 6);
  }
}
