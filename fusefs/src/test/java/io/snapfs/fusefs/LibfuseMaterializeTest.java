package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;

final class LibfuseMaterializeTest extends MaterializeConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("libfuse");
  }

  @Override
  boolean passesThrough() {
    return false;
  }
}
