package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.profile.Profile;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** The profile of an artifact, file by file, as text and as JSON. */
record ProfileView(String store, ArtifactRef ref, Manifest manifest, Profile profile) {
  /** Ranges of the order that are shown of a file; JSON has more. */
  private static final int RANGES_SHOWN = 3;

  private static final int RANGES_WRITTEN = 100;

  /**
   * What the profile has of a file.
   *
   * @param chunks of the file, each as often as it occurs
   * @param touched of these
   * @param bytes of the touched ones
   * @param ranges positions in the order, sorted: first and last of each range
   */
  private record FileShare(
      String path, long chunks, long touched, long bytes, List<Range> ranges) {}

  private record Range(int first, int last) {
    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }

  @FunctionalInterface
  private interface Visitor {
    void visit(FileShare share) throws IOException;
  }

  void print(Console console) throws IOException {
    console.print(
        "profile of "
            + ref
            + ": "
            + Text.count(profile.size())
            + " of "
            + Text.count(manifest.chunkCount())
            + " chunks, "
            + Text.size(plainBytes()));
    console.print("");
    Table table =
        new Table()
            .column("FILE", Table.Align.LEFT)
            .column("CHUNKS", Table.Align.RIGHT)
            .column("READ", Table.Align.RIGHT)
            .column("BYTES", Table.Align.RIGHT)
            .column("ORDER", Table.Align.LEFT);
    forEachTouched(
        share ->
            table.row(
                share.path(),
                Text.count(share.touched()),
                Text.percent(share.touched(), share.chunks()),
                Text.size(share.bytes()),
                shown(share.ranges())));
    table.print(console);
  }

  private static String shown(List<Range> ranges) {
    String first =
        ranges.stream().limit(RANGES_SHOWN).map(Range::toString).collect(Collectors.joining(", "));
    int more = ranges.size() - RANGES_SHOWN;
    return more > 0 ? first + " and " + Text.count(more) + " more" : first;
  }

  void write(Json out) throws IOException {
    out.put("store", store);
    out.put("artifact", ref.toString());
    out.put("content_id", HexFormat.of().formatHex(profile.contentId()));
    out.put("chunks", manifest.chunkCount());
    out.put("profile_chunks", profile.size());
    out.put("plain_bytes", plainBytes());
    out.array("files", array -> forEachTouched(share -> array.add(json -> write(json, share))));
  }

  private static void write(Json json, FileShare share) throws IOException {
    json.put("path", share.path());
    json.put("chunks", share.chunks());
    json.put("touched_chunks", share.touched());
    json.put("touched_bytes", share.bytes());
    List<Range> written =
        share.ranges().subList(0, Math.min(RANGES_WRITTEN, share.ranges().size()));
    json.list(
        "order",
        written,
        (each, range) -> each.put("first", range.first()).put("last", range.last()));
    json.put("more_ranges", share.ranges().size() - written.size());
  }

  private long plainBytes() throws IOException {
    long bytes = 0;
    for (int i = 0; i < profile.size(); i++) {
      bytes += manifest.chunkPlainLength(profile.chunk(i));
    }
    return bytes;
  }

  private void forEachTouched(Visitor visitor) throws IOException {
    int[] positions = profile.positions();
    for (int i = 0; i < manifest.nodeCount(); i++) {
      Node node = manifest.node(i);
      if (node.isRegular()) {
        FileShare share = shareOf(node, positions);
        if (share.touched() > 0) {
          visitor.visit(share);
        }
      }
    }
  }

  private FileShare shareOf(Node file, int[] positions) throws IOException {
    int[] found = new int[file.count()];
    int touched = 0;
    long chunks = 0;
    long bytes = 0;
    for (long extent = file.first(); extent < file.first() + file.count(); extent++) {
      int chunk = manifest.extentChunk(extent);
      if (chunk >= 0) {
        chunks++;
        if (positions[chunk] >= 0) {
          found[touched++] = positions[chunk];
          bytes += manifest.chunkPlainLength(chunk);
        }
      }
    }
    List<Range> ranges = touched == 0 ? List.of() : ranges(Arrays.copyOf(found, touched));
    String path = touched == 0 ? "" : Manifest.display(manifest.path(file.index()));
    return new FileShare(path, chunks, touched, bytes, ranges);
  }

  private static List<Range> ranges(int[] positions) {
    Arrays.sort(positions);
    List<Range> ranges = new ArrayList<>();
    int first = positions[0];
    for (int i = 1; i <= positions.length; i++) {
      boolean goesOn = i < positions.length && positions[i] <= positions[i - 1] + 1;
      if (!goesOn) {
        ranges.add(new Range(first, positions[i - 1]));
        first = i < positions.length ? positions[i] : 0;
      }
    }
    return ranges;
  }
}
