package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseFailuresTest extends FailuresConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }
}
