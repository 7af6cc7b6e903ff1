package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseMountTest extends MountConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }
}
