package io.snapfs.format.node;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.read.OpenFile;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A store with one artifact of some files, as sources for materialising. */
final class NodeFixture implements AutoCloseable {
  private final Path folder;
  private final Store store;
  private final ChunkCache cache;
  private ArtifactReader reader;

  NodeFixture(Path directory) throws IOException {
    folder = Files.createDirectory(directory.resolve("folder"));
    store = Store.openOrCreate(directory.resolve("store"));
    cache = new ChunkCache(4 << 20, 2);
  }

  /** Random bytes with a hole of zeros in the middle. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    java.util.Arrays.fill(bytes, length / 4, length / 2, (byte) 0);
    return bytes;
  }

  NodeFixture add(String name, byte[] content) throws IOException {
    Files.write(folder.resolve(name), content);
    return this;
  }

  /** Packs what was added. */
  NodeFixture pack() throws IOException {
    ArtifactRef ref = ArtifactRef.parse("test");
    new Packer(store, PackOptions.defaults()).pack(folder, ref);
    reader = new ArtifactReader(store.openArtifact(ref), cache);
    return this;
  }

  ArtifactReader reader() {
    return reader;
  }

  FileSource source(String name) throws IOException {
    return source(name, name);
  }

  /** A file that has the bytes of another, as a store that lies would have it. */
  FileSource source(String name, String bytesOf) throws IOException {
    Manifest manifest = reader.manifest();
    return new Source(manifest, node(name), node(bytesOf).index());
  }

  private Node node(String name) throws IOException {
    Manifest manifest = reader.manifest();
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return manifest.node(manifest.lookup(manifest.node(0), bytes));
  }

  FileKey key(String name) throws IOException {
    return FileKey.of(reader.manifest(), node(name));
  }

  private final class Source implements FileSource {
    private final Manifest manifest;
    private final Node node;
    private final int opened;

    Source(Manifest manifest, Node node, int opened) {
      this.manifest = manifest;
      this.node = node;
      this.opened = opened;
    }

    @Override
    public Manifest manifest() {
      return manifest;
    }

    @Override
    public Node node() {
      return node;
    }

    @Override
    public String label() throws IOException {
      return "test:latest " + Manifest.display(manifest.path(node.index()));
    }

    @Override
    public OpenFile open() throws IOException {
      return reader.open(opened, AfterRead.DROP);
    }
  }

  static byte[] read(NodeFile file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) file.length());
    FileIo.preadFully(file.fd(), buffer, 0);
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    cache.close();
    store.close();
  }
}
