package io.snapfs.gms.load;

import io.snapfs.format.codec.Codec;
import java.util.ArrayList;
import java.util.List;

/** A chunk that is needed: how it is stored, and where it goes. */
final class PlannedChunk {
  final int pack;
  final long offset;
  final int storedLength;
  final int plainLength;
  final int codec;
  final int crc32c;
  final List<Place> places = new ArrayList<>(1);

  PlannedChunk(int pack, long offset, int storedLength, int plainLength, int codec, int crc32c) {
    this.pack = pack;
    this.offset = offset;
    this.storedLength = storedLength;
    this.plainLength = plainLength;
    this.codec = codec;
    this.crc32c = crc32c;
  }

  long end() {
    return offset + storedLength;
  }

  /** Whether the stored bytes are the plain ones. */
  boolean isRaw() {
    return codec == Codec.RAW.number() && storedLength == plainLength;
  }
}
