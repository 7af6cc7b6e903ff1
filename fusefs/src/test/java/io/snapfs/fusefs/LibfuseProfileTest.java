package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseProfileTest extends ProfileConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }
}
