package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseDirectIoTest extends DirectIoConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }

  @Override
  int longestRequest() {
    return 128 << 10;
  }

  @Override
  boolean mapsShared() {
    return false;
  }
}
