package io.snapfs.bench;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.ManifestBuilder;
import io.snapfs.format.manifest.NodeAttributes;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Owns a store in a temporary directory, with one file in one artifact. */
public final class SampleStore implements AutoCloseable {
  /** The only file of an artifact. */
  public static final String FILE = "file";

  /** The artifact with the file that was packed. */
  public static final ArtifactRef PACKED = ArtifactRef.parse("packed");

  /** The artifact that {@link #addMillion} makes. */
  public static final ArtifactRef MILLION = ArtifactRef.parse("million");

  static final int CHUNKS = 1_000_000;
  private static final int CHUNK = 1 << 20;
  private static final int DIRECTORY_MODE = 0755;
  private static final int FILE_MODE = 0644;

  private final Path directory;
  private final Store store;

  /**
   * Packs a file of weights in chunks of 1 MiB.
   *
   * @param chunks its length
   */
  public SampleStore(int chunks) throws IOException {
    directory = Files.createTempDirectory("snapfs-jmh-");
    Path source = Files.createDirectory(directory.resolve("source"));
    try (FileChannel out =
        FileChannel.open(
            source.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < chunks; i++) {
        ByteBuffer chunk = SampleData.of("bf16", CHUNK);
        out.write(chunk.putInt(0, i)); // no two alike
      }
    }
    store = Store.openOrCreate(directory.resolve("store"));
    PackOptions options = PackOptions.defaults().withChunking(Chunking.fixed(CHUNK));
    new Packer(store, options).pack(source, PACKED);
  }

  public Store store() {
    return store;
  }

  /**
   * Adds an artifact with one file of a million chunks. All of them lie where the first chunk that
   * was packed lies, so that they take no room; the manifest has a record and an id for each.
   */
  void addMillion() throws IOException {
    Manifest packed = store.manifest(PACKED);
    ChunkLocation location = packed.chunkLocation(0);
    try (WriteSession session = store.blobs().beginWrite();
        BlobWriter out = session.create(MILLION.key());
        ManifestBuilder builder = new ManifestBuilder(directory)) {
      long size = (long) CHUNKS * location.plainLength();
      int root = builder.addNode(attributes(FileType.mode(FileType.DIRECTORY, DIRECTORY_MODE), 0));
      int file = builder.addNode(attributes(FileType.mode(FileType.REGULAR, FILE_MODE), size));
      byte[] name = FILE.getBytes(StandardCharsets.US_ASCII);
      builder.setDirectory(root, builder.addEntry(name, FileType.REGULAR, file), 1);
      int pack = builder.addPack(packed.packId(packed.chunkPack(0)));
      builder.setPackLength(pack, packed.packLength(packed.chunkPack(0)));
      SplittableRandom random = new SplittableRandom(CHUNKS);
      for (int i = 0; i < CHUNKS; i++) {
        byte[] id = new byte[ChunkId.LENGTH];
        random.nextBytes(id);
        builder.addChunk(ChunkId.wrap(id), pack, location);
        builder.addExtent((long) i * location.plainLength(), i);
      }
      builder.setExtents(file, 0, CHUNKS);
      builder.writeTo(out);
      out.publish(BlobWriter.IfExists.FAIL);
    }
  }

  private static NodeAttributes attributes(int mode, long size) {
    return new NodeAttributes(mode, 0, 0, size, 0, 0, 0, 0, 0, null);
  }

  /** Closes the store and deletes the directory. */
  @Override
  public void close() throws IOException {
    store.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
