package io.snapfs.format.manifest;

import io.snapfs.format.CorruptException;
import io.snapfs.format.PackId;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Checks a whole manifest: what accessors check of each record they touch, and what is true only of
 * all records together. Steps build on each other, so each group runs only if those before it found
 * nothing: blocks, then records, then what connects them, then sums and the content id.
 */
final class ManifestChecker {
  /** Findings after which a check ends. */
  static final int MAX_PROBLEMS = 1000;

  private final Manifest manifest;
  private final Findings findings;
  private final FileCheck files;

  /** Xattrs whose name is lower than the next one's; lists may be shared, so this is found once. */
  private final BitSet ascendsToNext = new BitSet();

  /** Sums that the manifest states, counted here. */
  private long logicalBytes;

  private long regularFiles;
  private long plainBytes;
  private long storedBytes;
  private final long[] partFiles;
  private final long[] partBytes;

  ManifestChecker(Manifest manifest, Consumer<CorruptException> problems) {
    this.manifest = manifest;
    this.findings = new Findings(problems, MAX_PROBLEMS);
    this.files = new FileCheck(manifest);
    this.partFiles = new long[manifest.parts().size()];
    this.partBytes = new long[manifest.parts().size()];
  }

  void run() throws IOException {
    checkBlocks();
    if (findings.isEmpty()) {
      checkXattrs();
      checkPacks();
      checkChunks();
      checkNodes();
    }
    if (findings.isEmpty()) {
      new TreeCheck(manifest, findings).run();
      findings.in(files::checkOrder);
      findings.in(new ChunkIdCheck(manifest.chunks())::run);
      checkSums();
      findings.in(this::checkContentId);
    }
    findings.finish();
  }

  private void checkBlocks() throws IOException {
    CheckedBytes bytes = manifest.file().bytes();
    for (int i = 0; i < bytes.blocks(); i++) {
      int block = i;
      findings.in(() -> bytes.checkBlock(block));
    }
  }

  private void checkXattrs() throws IOException {
    XattrTable xattrs = manifest.xattrTable();
    byte[][] before = {new byte[0]};
    for (long i = 0; i < xattrs.count() && !findings.isFull(); i++) {
      long xattr = i;
      findings.in(
          () -> {
            byte[] name = xattrs.name(xattr);
            xattrs.checkValue(xattr);
            if (xattr > 0 && Arrays.compareUnsigned(before[0], name) < 0) {
              ascendsToNext.set((int) xattr - 1);
            }
            before[0] = name;
          });
    }
  }

  private void checkPacks() throws IOException {
    Set<PackId> seen = new HashSet<>();
    for (int i = 0; i < manifest.packCount(); i++) {
      int pack = i;
      findings.in(
          () -> {
            if (!seen.add(manifest.packId(pack))) {
              throw manifest.packs().repeated(pack);
            }
          });
    }
  }

  private void checkChunks() throws IOException {
    for (int i = 0; i < manifest.chunkCount() && !findings.isFull(); i++) {
      int chunk = i;
      findings.in(
          () -> {
            plainBytes += manifest.chunkPlainLength(chunk);
            storedBytes += manifest.chunkStoredLength(chunk);
            manifest.chunkOffset(chunk);
            manifest.chunkCodec(chunk);
          });
    }
  }

  private void checkNodes() throws IOException {
    for (int i = 0; i < manifest.nodeCount() && !findings.isFull(); i++) {
      int index = i;
      findings.in(() -> checkNode(manifest.node(index)));
    }
  }

  private void checkNode(Node node) throws IOException {
    if (node.isRegular()) {
      files.check(node);
      regularFiles++;
      logicalBytes += node.size();
      partFiles[node.part()]++;
      partBytes[node.part()] += node.size();
      if (logicalBytes < 0) {
        throw manifest.nodes().wrongContent(node, "the files together exceed 2^63 bytes");
      }
    } else if (node.isSymlink()) {
      manifest.symlinkTarget(node);
    }
    int first = node.firstXattr();
    if (node.xattrCount() > 0) {
      manifest.xattrTable().checkTotal(first, node.xattrCount());
      if (ascendsToNext.nextClearBit(first) < first + node.xattrCount() - 1) {
        throw manifest.nodes().wrongXattrs(node, "its xattrs are not sorted by name");
      }
    }
  }

  private void checkSums() throws IOException {
    for (int i = 0; i < partFiles.length; i++) {
      int part = i;
      Part said = manifest.parts().get(part);
      findings.in(
          () -> {
            if (said.files() != partFiles[part] || said.logicalBytes() != partBytes[part]) {
              throw manifest.partTable().wrongSums(part, partFiles[part], partBytes[part]);
            }
          });
    }
    Summary said = manifest.summary();
    findings.in(
        () ->
            manifest
                .summaryTable()
                .check(
                    new Summary(
                        said.createdMillis(),
                        logicalBytes,
                        files.holeBytes(),
                        plainBytes,
                        storedBytes,
                        said.addedBytes(),
                        regularFiles,
                        manifest.nodeCount(),
                        said.chunkingKind(),
                        said.chunkMin(),
                        said.chunkMean(),
                        said.chunkMax())));
  }

  private void checkContentId() throws IOException {
    ContentId id = new ContentId();
    for (Section section : manifest.file().sections()) {
      id.begin(section.type(), section.length());
      manifest.file().bytes().copyTo(section.offset(), section.length(), id);
    }
    manifest.file().header().checkContentId(id.finish(), manifest.resource());
  }
}
