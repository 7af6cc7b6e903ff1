package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseTransportTest extends TransportConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }
}
