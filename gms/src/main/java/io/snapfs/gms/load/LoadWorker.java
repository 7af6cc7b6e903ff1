package io.snapfs.gms.load;

import io.snapfs.format.Limits;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Owns what one thread needs to fill slots, made when it is first needed. For that thread. */
final class LoadWorker implements AutoCloseable {
  private final OpenArtifact artifact;
  private final Phases phases;
  private ChunkDecoder decoder;
  private NativeMemory stored;

  LoadWorker(OpenArtifact artifact, Phases phases) {
    this.artifact = artifact;
    this.phases = phases;
  }

  /** Reads, checks and decodes a run into a slot; returns how many bytes were read. */
  long fill(Run run, Slot slot) throws IOException {
    long at = 0;
    long read = 0;
    for (Group group : run.groups()) {
      at += group.raw() ? readRaw(group, slot, at) : decode(group, slot, at);
      for (PlannedChunk chunk : group.chunks()) {
        read += chunk.storedLength;
      }
    }
    return read;
  }

  /** Straight into the slot, and checked there. */
  private long readRaw(Group group, Slot slot, long at) throws IOException {
    long start = System.nanoTime();
    PackFile pack = artifact.pack(group.pack());
    ByteBuffer bytes = slot.bytes(at, group.span());
    pack.readStored(group.offset(), bytes);
    start = phases.add(Phase.READ, start);
    int from = 0;
    for (PlannedChunk chunk : group.chunks()) {
      ChunkDecoder.checkStored(
          pack.describe(), chunk.crc32c, chunk.offset, bytes, from, chunk.storedLength);
      from += chunk.storedLength;
    }
    phases.add(Phase.DECODE, start);
    return from;
  }

  private long decode(Group group, Slot slot, long at) throws IOException {
    if (decoder == null) {
      stored = NativeMemory.allocate(Limits.MAX_CHUNK);
      decoder = new ChunkDecoder();
    }
    long start = System.nanoTime();
    PackFile pack = artifact.pack(group.pack());
    ByteBuffer bytes = stored.slice(0, group.span());
    pack.readStored(group.offset(), bytes);
    start = phases.add(Phase.READ, start);
    long plain = 0;
    for (PlannedChunk chunk : group.chunks()) {
      decoder.decode(
          pack.describe(),
          chunk.codec,
          chunk.crc32c,
          chunk.offset,
          bytes.slice((int) (chunk.offset - group.offset()), chunk.storedLength),
          slot.bytes(at + plain, chunk.plainLength));
      plain += chunk.plainLength;
    }
    phases.add(Phase.DECODE, start);
    return plain;
  }

  @Override
  public void close() {
    if (stored != null) {
      stored.close();
    }
    if (decoder != null) {
      decoder.close();
    }
  }
}
