package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.TooNewException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Everything that a manifest answers to every question, by question. Where it finds damage there is
 * no answer; any other exception is thrown.
 */
final class Transcript {
  private final Manifest manifest;
  private final Map<String, String> answers = new LinkedHashMap<>();

  private Transcript(Manifest manifest) {
    this.manifest = manifest;
  }

  static Map<String, String> of(Manifest manifest) throws Exception {
    Transcript transcript = new Transcript(manifest);
    transcript.askAll();
    return transcript.answers;
  }

  private void askAll() throws Exception {
    ask("id", () -> hex(manifest.contentId()));
    ask("summary", manifest::summary);
    ask("parts", manifest::parts);
    ask("labels", manifest::labels);
    ask("provenance", manifest::provenance);
    for (int i = 0; i < manifest.nodeCount(); i++) {
      askNode(i);
    }
    for (int i = 0; i < manifest.chunkCount(); i++) {
      int chunk = i;
      ask("chunk id " + i, () -> manifest.chunkId(chunk));
      ask("chunk pack " + i, () -> manifest.chunkPack(chunk));
      ask("chunk offset " + i, () -> manifest.chunkOffset(chunk));
      ask("chunk stored " + i, () -> manifest.chunkStoredLength(chunk));
      ask("chunk plain " + i, () -> manifest.chunkPlainLength(chunk));
      ask("chunk crc " + i, () -> manifest.chunkCrc32c(chunk));
      ask("chunk codec " + i, () -> manifest.chunkCodec(chunk));
      ask("chunk location " + i, () -> manifest.chunkLocation(chunk));
    }
    for (int i = 0; i < manifest.packCount(); i++) {
      int pack = i;
      ask("pack " + i, () -> manifest.packId(pack) + " " + manifest.packLength(pack));
    }
  }

  private void askNode(int i) throws Exception {
    ask("path " + i, () -> hex(manifest.path(i)));
    Node node = ask("node " + i, () -> manifest.node(i));
    if (node == null) {
      return;
    }
    ask("xattrs " + i, () -> manifest.xattrs(node));
    ask("xattr " + i, () -> manifest.xattr(node, SampleTree.ascii("user.colour")) == null);
    if (node.isSymlink()) {
      ask("target " + i, () -> hex(manifest.symlinkTarget(node)));
    } else if (node.isDirectory()) {
      for (long e = node.first(); e < node.first() + node.count(); e++) {
        askEntry(node, e);
      }
    } else if (node.isRegular()) {
      for (long e = node.first(); e < node.first() + node.count(); e++) {
        askExtent(node, e);
      }
    }
  }

  private void askEntry(Node directory, long index) throws Exception {
    ask("entry " + index, () -> manifest.entry(index));
    DirectoryEntry entry =
        ask("entry " + directory.index() + "/" + index, () -> manifest.entry(directory, index));
    if (entry != null) {
      ask(
          "lookup " + directory.index() + "/" + hex(entry.name()),
          () -> manifest.lookup(directory, entry.name()));
    }
  }

  private void askExtent(Node file, long extent) throws Exception {
    String name = file.index() + "/" + extent;
    Long start = ask("start " + name, () -> manifest.extentStart(extent));
    ask("end " + name, () -> manifest.extentEnd(file, extent));
    ask("chunk " + name, () -> manifest.extentChunk(extent));
    if (start != null && start < file.size()) {
      ask("find " + file.index() + "@" + start, () -> manifest.findExtent(file, start));
    }
  }

  private <T> T ask(String question, Callable<T> answer) throws Exception {
    try {
      T value = answer.call();
      answers.put(question, String.valueOf(value));
      return value;
    } catch (CorruptException | TooNewException e) {
      return null;
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(question + ": neither an answer nor damage", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
