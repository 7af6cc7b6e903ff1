package io.snapfs.fusefs.view;

import io.snapfs.format.read.SliceSink;
import io.snapfs.format.read.Slices;

/**
 * Takes the bytes of a read where they lie in memory, and sends them on. Reused from read to read.
 * It must not read files itself: the memory of one read may be what the other waits for.
 */
public abstract class ReadSink implements SliceSink {
  /** The next piece of the read. The memory is valid until {@link #end} returns. */
  public abstract void piece(long address, int length);

  /**
   * Memory for bytes that lie nowhere yet: room for {@link FileHandle#MAX_READ} of them, to be
   * handed over as a piece. It is good until the end of the read.
   */
  public abstract long room();

  /** All pieces are there: send them. */
  public abstract void end();

  @Override
  public final void accept(Slices slices) {
    for (int i = 0; i < slices.count(); i++) {
      piece(slices.address(i), slices.length(i));
    }
    end();
  }
}
