package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects extended attributes; equal lists are written once, as far as it remembers them. */
final class XattrWriter {
  /** Lists that are remembered: trees have few different ones, or one per file. */
  private static final int REMEMBERED = 4096;

  private static final Comparator<Xattr> BY_NAME =
      Comparator.comparing(Xattr::name, Arrays::compareUnsigned);

  private final SpillTable nodes;
  private final SpillTable xattrs;
  private final SpillFile bytes;

  /** From the digest of a list to the index of its first record; the least recently used goes. */
  private final Map<String, Long> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  XattrWriter(Spills spills) {
    this.nodes = spills.table(SectionType.NODES);
    this.xattrs = spills.table(SectionType.XATTRS);
    this.bytes = spills.bytes(SectionType.BYTES);
  }

  void set(int node, List<Xattr> list) throws IOException {
    if (list.isEmpty()) {
      return;
    }
    List<Xattr> sorted = new ArrayList<>(list);
    sorted.sort(BY_NAME);
    check(sorted);
    String digest = digest(sorted);
    Long first = known.get(digest);
    if (first == null) {
      first = xattrs.count();
      for (Xattr xattr : sorted) {
        XattrTable.append(
            xattrs,
            bytes.append(xattr.name()),
            xattr.name().length,
            bytes.append(xattr.value()),
            xattr.value().length);
      }
      known.put(digest, first);
    }
    NodeTable.setXattrs(nodes, node, first, sorted.size());
  }

  private static void check(List<Xattr> sorted) throws SnapfsException {
    long total = 0;
    for (int i = 0; i < sorted.size(); i++) {
      total += sorted.get(i).value().length;
      if (i > 0 && BY_NAME.compare(sorted.get(i - 1), sorted.get(i)) == 0) {
        throw new IllegalArgumentException("two xattrs with the name of " + sorted.get(i));
      }
    }
    if (sorted.size() > Limits.MAX_XATTRS || total > Limits.MAX_XATTR_TOTAL) {
      throw new SnapfsException(
          String.format(
              "a file has %d xattrs with values of %d bytes, the limits are %d and %d",
              sorted.size(), total, Limits.MAX_XATTRS, Limits.MAX_XATTR_TOTAL));
    }
  }

  private static String digest(List<Xattr> sorted) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Xattr xattr : sorted) {
        sha256.update(
            ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(xattr.name().length)
                .putInt(xattr.value().length)
                .flip());
        sha256.update(xattr.name());
        sha256.update(xattr.value());
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
