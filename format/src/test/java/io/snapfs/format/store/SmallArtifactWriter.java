package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.MissingException;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.BlobWriter.IfExists;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.codec.Encoded;
import io.snapfs.format.manifest.ManifestBuilder;
import io.snapfs.format.manifest.NodeAttributes;
import io.snapfs.format.manifest.Summary;
import io.snapfs.format.pack.PackIndex;
import io.snapfs.format.pack.PackWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A packer in small: finds chunks in the packs of the store, pins these, writes the others into new
 * packs of a few chunks, publishes packs and then the manifest.
 */
final class SmallArtifactWriter implements AutoCloseable {
  /** Chunks in a pack, so that there are many packs. */
  static final int PACK_CHUNKS = 8;

  private static final int DIRECTORY = 0040755;
  private static final int REGULAR = 0100644;

  private record Place(PackId pack, ChunkLocation location) {}

  private final Store store;
  private final WriteSession session;
  private final ChunkEncoder encoder = new ChunkEncoder(CodecPolicy.ZSTD);
  private final Map<ChunkId, Place> inStore = new HashMap<>();
  private final Map<PackId, Long> lengths = new HashMap<>();
  private final Map<Integer, Place> places = new LinkedHashMap<>();
  private final List<PackWriter> packs = new ArrayList<>();
  private PackId packId;
  private BlobWriter packBlob;
  private PackWriter pack;

  SmallArtifactWriter(Store store) throws IOException {
    this.store = store;
    this.session = store.blobs().beginWrite();
  }

  void write(SmallArtifact artifact, ArtifactRef ref) throws IOException {
    lookAround();
    for (int[] file : artifact.files()) {
      for (int chunk : file) {
        if (chunk != SmallArtifact.HOLE && !places.containsKey(chunk)) {
          places.put(chunk, place(chunk));
        }
      }
    }
    finishPack();
    try (ManifestBuilder builder = new ManifestBuilder(session.scratch());
        BlobWriter blob = session.create(ref.key())) {
      describe(artifact, builder);
      builder.writeTo(blob);
      blob.publish(IfExists.FAIL);
    }
  }

  private void lookAround() throws IOException {
    lengths.putAll(store.packs());
    for (PackId id : lengths.keySet()) {
      try {
        PackIndex index = store.openIndex(id);
        for (int i = 0; i < index.count(); i++) {
          inStore.put(index.id(i), new Place(id, index.location(i)));
        }
      } catch (MissingException e) {
        // gc was faster
      }
    }
  }

  private Place place(int chunk) throws IOException {
    byte[] plain = SmallArtifact.plain(chunk);
    ChunkId id = id(plain);
    Place known = inStore.get(id);
    if (known != null && session.pin(known.pack())) {
      return known;
    }
    if (pack == null) {
      packId = PackId.random();
      packBlob = session.create(packId.key());
      pack = new PackWriter(packBlob, packId);
      packs.add(pack);
    }
    Encoded encoded = encoder.encode(ByteBuffer.allocateDirect(plain.length).put(plain).flip());
    ChunkLocation location =
        pack.append(id, encoded.stored(), plain.length, encoded.codec().number());
    Place place = new Place(packId, location);
    if (pack.count() == PACK_CHUNKS) {
      finishPack();
    }
    return place;
  }

  private void finishPack() throws IOException {
    if (pack != null) {
      lengths.put(packId, pack.finish());
      session.pinOwn(packId);
      packBlob.publish(IfExists.FAIL);
      pack = null;
    }
  }

  private void describe(SmallArtifact artifact, ManifestBuilder builder) throws IOException {
    int root = builder.addNode(attributes(DIRECTORY, 0));
    Map<PackId, Integer> packNumbers = new HashMap<>();
    Map<Integer, Integer> chunkNumbers = new HashMap<>();
    List<Integer> nodes = new ArrayList<>();
    for (int[] file : artifact.files()) {
      long size = 0;
      long first = 0;
      int node = builder.addNode(attributes(REGULAR, size(file)));
      for (int i = 0; i < file.length; i++) {
        long extent = builder.addExtent(size, number(file[i], builder, packNumbers, chunkNumbers));
        first = i == 0 ? extent : first;
        size += length(file[i]);
      }
      builder.setExtents(node, first, file.length);
      nodes.add(node);
    }
    long firstEntry = 0;
    for (int i = 0; i < nodes.size(); i++) {
      long entry = builder.addEntry(SmallArtifact.name(i), REGULAR >> 12, nodes.get(i));
      firstEntry = i == 0 ? entry : firstEntry;
    }
    builder.setDirectory(root, firstEntry, nodes.size());
    for (Map.Entry<PackId, Integer> number : packNumbers.entrySet()) {
      builder.setPackLength(number.getValue(), lengths.get(number.getKey()));
    }
    builder.summary(Summary.of(System.currentTimeMillis(), 0, 2, 4096, 4096, 16384));
  }

  private int number(
      int chunk,
      ManifestBuilder builder,
      Map<PackId, Integer> packNumbers,
      Map<Integer, Integer> chunkNumbers)
      throws IOException {
    if (chunk == SmallArtifact.HOLE) {
      return -1;
    }
    if (!chunkNumbers.containsKey(chunk)) {
      Place place = places.get(chunk);
      if (!packNumbers.containsKey(place.pack())) {
        packNumbers.put(place.pack(), builder.addPack(place.pack()));
      }
      chunkNumbers.put(
          chunk,
          builder.addChunk(
              id(SmallArtifact.plain(chunk)), packNumbers.get(place.pack()), place.location()));
    }
    return chunkNumbers.get(chunk);
  }

  private static NodeAttributes attributes(int mode, long size) {
    return new NodeAttributes(mode, 0, 0, size, 1_700_000_000, 0, 0, 0, 0, null);
  }

  private static long size(int[] file) {
    long size = 0;
    for (int chunk : file) {
      size += length(chunk);
    }
    return size;
  }

  private static int length(int chunk) {
    return chunk == SmallArtifact.HOLE
        ? SmallArtifact.HOLE_BYTES
        : SmallArtifact.plain(chunk).length;
  }

  private static ChunkId id(byte[] plain) {
    try {
      return ChunkId.wrap(MessageDigest.getInstance("SHA-256").digest(plain));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    encoder.close();
    for (PackWriter writer : packs) {
      writer.close();
    }
    session.close();
  }
}
