package io.snapfs.format.read;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobStore;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.chunk.Chunker;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.codec.Encoded;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.ManifestBuilder;
import io.snapfs.format.manifest.NodeAttributes;
import io.snapfs.format.pack.PackWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds artifacts for tests from files in memory, with exactly the chunks that a test wants: all
 * files in the root directory, all chunks in one pack, in the order of the files' names. For one
 * thread.
 */
public final class TestArtifacts {
  /**
   * A file.
   *
   * @param size in bytes
   * @param data what isn't hole: bytes by their offset, without overlap; offsets are multiples of
   *     4096
   */
  private record Content(long size, TreeMap<Long, byte[]> data) {}

  private final Chunking chunking;
  private final CodecPolicy policy;
  private final TreeMap<String, Content> files = new TreeMap<>();
  private final Map<ChunkId, Integer> chunks = new HashMap<>();

  /**
   * @param chunking such as {@code fixed:64K}
   * @param policy how chunks are stored
   */
  public TestArtifacts(String chunking, CodecPolicy policy) {
    this.chunking = Chunking.parse(chunking);
    this.policy = policy;
  }

  /** Adds a file. Its zero pages become holes. */
  public TestArtifacts file(String name, byte[] content) {
    return sparseFile(name, content.length, Map.of(0L, content));
  }

  /** Adds a file that is a hole but for some data, by offset. */
  public TestArtifacts sparseFile(String name, long size, Map<Long, byte[]> data) {
    files.put(name, new Content(size, new TreeMap<>(data)));
    return this;
  }

  /**
   * Writes pack and manifest into a store, once.
   *
   * @return node of each file
   */
  public Map<String, Integer> publish(BlobStore blobs, ArtifactRef ref) throws IOException {
    Map<String, Integer> nodes = new HashMap<>();
    PackId packId = PackId.random();
    try (WriteSession session = blobs.beginWrite();
        BlobWriter packBlob = session.create(packId.key());
        PackWriter pack = new PackWriter(packBlob, packId);
        ChunkEncoder encoder = new ChunkEncoder(policy);
        ManifestBuilder builder = new ManifestBuilder(session.scratch());
        BlobWriter manifest = session.create(ref.key())) {
      int root = builder.addNode(attributes(FileType.DIRECTORY, 0755, 0));
      builder.addPack(packId);
      for (Map.Entry<String, Content> file : files.entrySet()) {
        int node = builder.addNode(attributes(FileType.REGULAR, 0644, file.getValue().size()));
        nodes.put(file.getKey(), node);
        new FileWriter(pack, encoder, builder).write(node, file.getValue());
      }
      for (String name : files.keySet()) {
        builder.addEntry(name.getBytes(StandardCharsets.UTF_8), FileType.REGULAR, nodes.get(name));
      }
      builder.setDirectory(root, 0, files.size());
      builder.setPackLength(0, pack.finish());
      session.pinOwn(packId);
      packBlob.publish(BlobWriter.IfExists.FAIL);
      builder.writeTo(manifest);
      manifest.publish(BlobWriter.IfExists.FAIL);
    }
    return nodes;
  }

  private static NodeAttributes attributes(int type, int permissions, long size) {
    return new NodeAttributes(
        FileType.mode(type, permissions), 0, 0, size, 1_700_000_000L, 0, 0, 0, 0, null);
  }

  private static ChunkId id(ByteBuffer plain) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(plain.duplicate());
      return ChunkId.wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the chunks and extents of one file. */
  private final class FileWriter {
    private final PackWriter pack;
    private final ChunkEncoder encoder;
    private final ManifestBuilder builder;
    private long firstExtent = -1;
    private int extents;

    FileWriter(PackWriter pack, ChunkEncoder encoder, ManifestBuilder builder) {
      this.pack = pack;
      this.encoder = encoder;
      this.builder = builder;
    }

    void write(int node, Content content) throws IOException {
      long end = 0;
      for (Map.Entry<Long, byte[]> piece : content.data().entrySet()) {
        if (piece.getKey() > end) {
          addExtent(end, -1);
        }
        writePiece(piece.getKey(), piece.getValue());
        end = piece.getKey() + piece.getValue().length;
      }
      if (end < content.size()) {
        addExtent(end, -1);
      }
      builder.setExtents(node, Math.max(0, firstExtent), extents);
    }

    private void writePiece(long offset, byte[] bytes) throws IOException {
      ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
      Chunker chunker = chunking.newChunker();
      chunker.reset();
      for (int at = 0; at < bytes.length; ) {
        int segment = chunker.next(data, at, bytes.length, true);
        int length = Math.abs(segment);
        addExtent(offset + at, segment < 0 ? -1 : chunk(data.slice(at, length)));
        at += length;
      }
    }

    private void addExtent(long offset, int chunk) throws IOException {
      long extent = builder.addExtent(offset, chunk);
      firstExtent = firstExtent < 0 ? extent : firstExtent;
      extents++;
    }

    private int chunk(ByteBuffer plain) throws IOException {
      ChunkId id = id(plain);
      Integer known = chunks.get(id);
      if (known != null) {
        return known;
      }
      Encoded encoded = encoder.encode(plain);
      ChunkLocation location =
          pack.append(id, encoded.stored(), plain.remaining(), encoded.codec().number());
      int chunk = builder.addChunk(id, 0, location);
      chunks.put(id, chunk);
      return chunk;
    }
  }
}
