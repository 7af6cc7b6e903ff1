package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class KernelTransportTest extends TransportConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }
}
