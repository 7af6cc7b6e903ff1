package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class KernelProfileTest extends ProfileConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }

  @Override
  boolean decodesOn() {
    return true;
  }
}
