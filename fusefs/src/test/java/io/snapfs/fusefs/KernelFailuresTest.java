package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class KernelFailuresTest extends FailuresConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }
}
