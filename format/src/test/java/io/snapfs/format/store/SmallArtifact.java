package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small artifact that follows from a number. Its chunks come from a pool, so that artifacts share
 * some. Can be written into a store and compared with what a store has.
 */
public final class SmallArtifact {
  /** In place of a chunk's number: a page of zeros. */
  static final int HOLE = -1;

  static final int HOLE_BYTES = 4096;
  private static final int POOL = 300;

  private final List<int[]> files = new ArrayList<>();

  private SmallArtifact() {}

  /** The artifact of a number. */
  public static SmallArtifact of(long seed) {
    Random random = new Random(seed * 7919 + 17);
    SmallArtifact artifact = new SmallArtifact();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int[] chunks = new int[random.nextInt(12)];
      for (int j = 0; j < chunks.length; j++) {
        chunks[j] = random.nextInt(10) == 0 ? HOLE : random.nextInt(POOL);
      }
      artifact.files.add(chunks);
    }
    return artifact;
  }

  /** The artifact with these files, each a list of numbers of chunks. */
  public static SmallArtifact of(int[]... files) {
    SmallArtifact artifact = new SmallArtifact();
    artifact.files.addAll(List.of(files));
    return artifact;
  }

  /** Numbers of the chunks of each file; the files are called {@code f0}, {@code f1} and so on. */
  List<int[]> files() {
    return files;
  }

  /** Plain bytes of a chunk: some compress, some don't. */
  static byte[] plain(int chunk) {
    Random random = new Random(chunk * 31L + 7);
    byte[] bytes = new byte[100 + random.nextInt(12_000)];
    random.nextBytes(bytes);
    if (chunk % 2 == 0) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 0x11;
      }
    }
    return bytes;
  }

  static byte[] name(int file) {
    return ("f" + file).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] content(int[] chunks) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int chunk : chunks) {
      content.writeBytes(chunk == HOLE ? new byte[HOLE_BYTES] : plain(chunk));
    }
    return content.toByteArray();
  }

  /** Writes it into a store as a pack run would. */
  public void write(Store store, ArtifactRef ref) throws IOException {
    try (SmallArtifactWriter writer = new SmallArtifactWriter(store)) {
      writer.write(this, ref);
    }
  }

  /** Fails unless the store has it under this name, readable as a whole. */
  public void check(Store store, ArtifactRef ref) throws IOException {
    try (OpenArtifact artifact = store.openArtifact(ref)) {
      check(artifact);
    }
  }

  /** Fails unless this is what the open artifact holds. */
  void check(OpenArtifact artifact) throws IOException {
    Manifest manifest = artifact.manifest();
    Node root = manifest.node(0);
    assertEquals(files.size(), root.count(), artifact.ref() + ": files");
    for (int i = 0; i < files.size(); i++) {
      Node file = manifest.node(manifest.lookup(root, name(i)));
      assertArrayEquals(content(files.get(i)), read(artifact, file), artifact.ref() + ": f" + i);
    }
  }

  /** Reads every file of an open artifact; damage throws. */
  static void readAll(OpenArtifact artifact) throws IOException {
    Manifest manifest = artifact.manifest();
    for (int i = 0; i < manifest.nodeCount(); i++) {
      if (manifest.node(i).isRegular()) {
        read(artifact, manifest.node(i));
      }
    }
  }

  private static byte[] read(OpenArtifact artifact, Node file) throws IOException {
    Manifest manifest = artifact.manifest();
    ByteBuffer content = ByteBuffer.allocateDirect((int) file.size());
    try (ChunkDecoder decoder = new ChunkDecoder()) {
      for (long extent = file.first(); extent < file.first() + file.count(); extent++) {
        int chunk = manifest.extentChunk(extent);
        content.position((int) manifest.extentStart(extent));
        content.limit((int) manifest.extentEnd(file, extent));
        if (chunk >= 0) {
          ByteBuffer stored = ByteBuffer.allocateDirect(manifest.chunkStoredLength(chunk));
          var pack = artifact.pack(manifest.chunkPack(chunk));
          pack.readStored(manifest.chunkOffset(chunk), stored);
          decoder.decode(
              pack.describe(),
              manifest.chunkCodec(chunk),
              manifest.chunkCrc32c(chunk),
              manifest.chunkOffset(chunk),
              stored.flip(),
              content);
        }
      }
    }
    byte[] bytes = new byte[(int) file.size()];
    content.get(0, bytes);
    return bytes;
  }
}
