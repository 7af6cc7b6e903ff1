package io.snapfs.gms.load;

import io.snapfs.format.Limits;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Owns what one thread needs to fill slots and to begin their copies. For that thread. */
final class LoadWorker implements AutoCloseable {
  private final OpenArtifact artifact;
  private final Targets targets;
  private final Phases phases;
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final NativeMemory stored;

  LoadWorker(OpenArtifact artifact, Targets targets, Phases phases) throws IOException {
    this.artifact = artifact;
    this.targets = targets;
    this.phases = phases;
    this.stored = NativeMemory.allocate(Limits.MAX_CHUNK);
  }

  /** Reads and decodes a run into a slot whose copies are done, and begins to copy it. */
  void load(Run run, Slot slot) throws IOException {
    long at = 0;
    for (Group group : run.groups()) {
      at += group.raw() ? readRaw(group, slot, at) : decode(group, slot, at);
    }
    long start = System.nanoTime();
    List<DeviceStreams> devices = targets.await();
    start = phases.add(Phase.COPY, start);
    slot.pin(devices.get(0).target().context());
    start = phases.add(Phase.PIN, start);
    SlotCopies copies = new SlotCopies(devices, slot);
    at = 0;
    for (Group group : run.groups()) {
      for (PlannedChunk chunk : group.chunks()) {
        for (Place place : chunk.places) {
          copies.add(place, at);
        }
        at += chunk.plainLength;
      }
    }
    copies.finish();
    phases.add(Phase.COPY, start);
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
    decoder.close();
    stored.close();
  }
}
