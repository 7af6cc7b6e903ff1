package io.snapfs.format.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes bytes piece by piece, in order. */
@FunctionalInterface
interface ByteSink {
  /** Consumes the remaining bytes, which are valid only during the call. */
  void accept(ByteBuffer bytes) throws IOException;
}
