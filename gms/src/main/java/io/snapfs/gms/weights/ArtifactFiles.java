package io.snapfs.gms.weights;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.codec.ChunkDecoder;
import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.FileType;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.pack.PackFile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.linux.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns what it takes to read small files of an artifact: headers, indexes, descriptions. For one
 * thread.
 */
final class ArtifactFiles implements AutoCloseable {
  private final OpenArtifact artifact;
  private final Manifest manifest;
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final NativeMemory memory;

  /** The artifact stays the caller's and must live longer. */
  ArtifactFiles(OpenArtifact artifact) throws IOException {
    this.artifact = artifact;
    this.manifest = artifact.manifest();
    this.memory = NativeMemory.allocate(2L * Limits.MAX_CHUNK);
  }

  /**
   * A folder.
   *
   * @param path from the root, without a slash at either end; empty for the root itself
   */
  record Folder(Node node, String path, String artifact) {
    /** For people. */
    String name() {
      return artifact + "/" + path;
    }

    private String child(String name) {
      return path.isEmpty() ? name : path + "/" + name;
    }
  }

  /** A regular file. */
  final class File {
    private final Node node;
    private final String name;

    private File(Node node, String name) {
      this.node = node;
      this.name = name;
    }

    /** Artifact and path, for messages. */
    String name() {
      return name;
    }

    int node() {
      return node.index();
    }

    long size() {
      return node.size();
    }

    /** The whole file, which must not be longer than so many bytes. */
    byte[] readAll(int most) throws IOException {
      if (size() > most) {
        throw new CorruptException(
            name, -1, size() + " bytes long; at most " + most + " are allowed");
      }
      return read(0, (int) size());
    }

    /** Bytes that lie in the file. */
    byte[] read(long offset, int length) throws IOException {
      byte[] bytes = new byte[length];
      int done = 0;
      while (done < length) {
        long extent = manifest.findExtent(node, offset + done);
        long start = manifest.extentStart(extent);
        int skip = (int) (offset + done - start);
        int here = (int) Math.min(length - done, manifest.extentEnd(node, extent) - offset - done);
        int chunk = manifest.extentChunk(extent);
        if (chunk >= 0) {
          decode(chunk).get(skip, bytes, done, here);
        }
        done += here;
      }
      return bytes;
    }
  }

  Folder root() throws IOException {
    return new Folder(manifest.node(0), "", artifact.ref().toString());
  }

  /** The folders below a folder, sorted by name. */
  List<Folder> folders(Folder parent) throws IOException {
    List<Folder> folders = new ArrayList<>();
    for (DirectoryEntry entry : entries(parent)) {
      if (entry.type() == FileType.DIRECTORY) {
        String path = parent.child(text(entry));
        folders.add(new Folder(manifest.node(entry.node()), path, parent.artifact()));
      }
    }
    return folders;
  }

  /** The names of the regular files of a folder, sorted. */
  List<String> files(Folder folder) throws IOException {
    List<String> names = new ArrayList<>();
    for (DirectoryEntry entry : entries(folder)) {
      if (entry.type() == FileType.REGULAR) {
        names.add(text(entry));
      }
    }
    return names;
  }

  /**
   * A file.
   *
   * @param path below the folder, of one or more names
   * @throws CorruptException if there is none, or the path leads out of the folder
   */
  File file(Folder folder, String path) throws IOException {
    Node node = folder.node();
    for (String name : path.split("/", -1)) {
      int child =
          node.isDirectory() && !name.equals("..") && !name.equals(".") && !name.isEmpty()
              ? manifest.lookup(node, name.getBytes(StandardCharsets.UTF_8))
              : -1;
      if (child < 0) {
        throw new CorruptException(
            folder.name(), -1, "there is no file '" + path + "', which belongs to the weights");
      }
      node = manifest.node(child);
    }
    String full = folder.artifact() + "/" + folder.child(path);
    if (!node.isRegular()) {
      throw new CorruptException(full, -1, "not a regular file");
    }
    return new File(node, full);
  }

  private List<DirectoryEntry> entries(Folder folder) throws IOException {
    Node node = folder.node();
    List<DirectoryEntry> entries = new ArrayList<>();
    for (long i = node.first(); i < node.first() + node.count(); i++) {
      entries.add(manifest.entry(node, i));
    }
    return entries;
  }

  private static String text(DirectoryEntry entry) {
    return new String(entry.name(), StandardCharsets.UTF_8);
  }

  private ByteBuffer decode(int chunk) throws IOException {
    PackFile pack = artifact.pack(manifest.chunkPack(chunk));
    long offset = manifest.chunkOffset(chunk);
    ByteBuffer stored = memory.slice(0, manifest.chunkStoredLength(chunk));
    pack.readStored(offset, stored);
    ByteBuffer plain = memory.slice(Limits.MAX_CHUNK, manifest.chunkPlainLength(chunk));
    decoder.decode(
        pack.describe(),
        manifest.chunkCodec(chunk),
        manifest.chunkCrc32c(chunk),
        offset,
        stored.rewind(),
        plain);
    return plain;
  }

  @Override
  public void close() {
    decoder.close();
    memory.close();
  }
}
