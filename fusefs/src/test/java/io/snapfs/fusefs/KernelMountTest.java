package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class KernelMountTest extends MountConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }
}
