package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.Transport;
import io.snapfs.linux.Kernel;
import java.io.IOException;

final class KernelMaterializeTest extends MaterializeConformanceTest {
  @Override
  Transport transport() {
    return Transports.named("kernel");
  }

  /** Kernels before 6.9 ask for every read. */
  @Override
  boolean passesThrough() throws IOException {
    return Kernel.current().isAtLeast(6, 9);
  }
}
