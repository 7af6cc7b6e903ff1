package io.snapfs.gms.load;

import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Owns the streams of one device. Safe for use by many threads. */
final class DeviceStreams implements AutoCloseable {
  private final Target target;
  private final List<Lane> lanes = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** A stream with the context that it belongs to. */
  record Lane(CudaContext context, CudaStream stream) {}

  DeviceStreams(Target target, int streams) throws IOException {
    this.target = target;
    for (int i = 0; i < streams; i++) {
      lanes.add(new Lane(target.context(), target.context().createStream()));
    }
  }

  Target target() {
    return target;
  }

  /** One of them, in turn. */
  Lane next() {
    return lanes.get(Math.floorMod(next.getAndIncrement(), lanes.size()));
  }

  /** Waits for all copies; an error of any of them comes out here. */
  void synchronize() throws IOException {
    for (Lane lane : lanes) {
      lane.stream().synchronize();
    }
  }

  @Override
  public void close() throws IOException {
    for (Lane lane : lanes) {
      lane.stream().close();
    }
  }
}
