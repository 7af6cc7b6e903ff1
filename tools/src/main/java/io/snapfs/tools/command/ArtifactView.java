package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Summary;
import io.snapfs.tools.command.ArtifactDetails.Share;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * All that is known of an artifact, as text and as JSON.
 *
 * @param uniqueBytes stored bytes that no other artifact refers to, if that is known
 * @param profileChunks chunks of its profile, if it has one
 */
record ArtifactView(
    String store,
    ArtifactRef ref,
    Manifest manifest,
    ArtifactDetails details,
    OptionalLong uniqueBytes,
    OptionalInt profileChunks) {

  void print(Console console) {
    Table table = properties();
    Summary summary = manifest.summary();
    table.row("artifact", ref.toString());
    table.row("content id", HexFormat.of().formatHex(manifest.contentId()));
    table.row("created", Text.time(summary.createdMillis()));
    table.row(
        "logical", Text.size(summary.logicalBytes()) + ", holes " + Text.size(summary.holeBytes()));
    table.row(
        "stored",
        Text.size(summary.storedBytes())
            + " for "
            + Text.size(summary.plainBytes())
            + " in "
            + Text.count(manifest.chunkCount())
            + " chunks ("
            + Text.ratio(summary.plainBytes(), summary.storedBytes())
            + ")");
    table.row("added", Text.size(summary.addedBytes()) + " that the store did not have before");
    uniqueBytes.ifPresent(
        unique -> table.row("unique", Text.size(unique) + " that no other artifact has"));
    table.row("tree", tree(summary));
    table.row("chunking", chunking(summary));
    profileChunks.ifPresent(chunks -> table.row("profile", Text.count(chunks) + " chunks"));
    table.print(console);
    printAll(console, "labels", manifest.labels());
    printAll(console, "provenance", manifest.provenance());
    console.print("");
    PartsView.print(console, manifest.parts());
    console.print("");
    printShares(console, "CODEC", details.codecs());
    console.print("");
    printShares(console, "PACK", details.packs());
  }

  private String tree(Summary summary) {
    return Text.count(summary.regularFiles())
        + " files, "
        + Text.count(details.directories())
        + " directories, "
        + Text.count(details.symlinks())
        + " symlinks, "
        + Text.count(details.hardLinks())
        + " hard links, "
        + Text.count(details.devices() + details.fifos() + details.sockets())
        + " others";
  }

  private static String chunking(Summary summary) {
    return chunkingKind(summary)
        + ", "
        + Text.size(summary.chunkMin())
        + " to "
        + Text.size(summary.chunkMax())
        + ", on average "
        + Text.size(summary.chunkMean());
  }

  private static String chunkingKind(Summary summary) {
    return Arrays.stream(Chunking.Kind.values())
        .filter(kind -> kind.number() == summary.chunkingKind())
        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
        .findFirst()
        .orElse("unknown");
  }

  private static Table properties() {
    return new Table().column("", Table.Align.LEFT).column("", Table.Align.LEFT);
  }

  private static void printAll(Console console, String title, Map<String, String> values) {
    if (!values.isEmpty()) {
      console.print("");
      console.print(title);
      Table table = properties();
      values.forEach((key, value) -> table.row("  " + key, value));
      table.print(console);
    }
  }

  private static void printShares(Console console, String title, List<Share> shares) {
    Table table =
        new Table()
            .column(title, Table.Align.LEFT)
            .column("CHUNKS", Table.Align.RIGHT)
            .column("PLAIN", Table.Align.RIGHT)
            .column("STORED", Table.Align.RIGHT)
            .column("RATIO", Table.Align.RIGHT);
    for (Share share : shares) {
      table.row(
          share.name(),
          Text.count(share.chunks()),
          Text.size(share.plainBytes()),
          Text.size(share.storedBytes()),
          Text.ratio(share.plainBytes(), share.storedBytes()));
    }
    table.print(console);
  }

  void write(Json out) throws IOException {
    Summary summary = manifest.summary();
    out.put("store", store);
    out.put("artifact", ref.toString());
    out.put("name", ref.name());
    out.put("tag", ref.tag());
    out.put("content_id", HexFormat.of().formatHex(manifest.contentId()));
    SummaryView.write(out, summary);
    if (uniqueBytes.isPresent()) {
      out.put("unique_bytes", uniqueBytes.getAsLong());
    }
    out.put("directories", details.directories());
    out.put("symlinks", details.symlinks());
    out.put("devices", details.devices());
    out.put("fifos", details.fifos());
    out.put("sockets", details.sockets());
    out.put("hard_links", details.hardLinks());
    out.put("with_xattrs", details.withXattrs());
    out.put("chunks", manifest.chunkCount());
    if (profileChunks.isPresent()) {
      out.put("profile_chunks", profileChunks.getAsInt());
    }
    out.object(
        "chunking",
        json -> {
          json.put("kind", chunkingKind(summary));
          json.put("min_bytes", summary.chunkMin());
          json.put("mean_bytes", summary.chunkMean());
          json.put("max_bytes", summary.chunkMax());
        });
    PartsView.write(out, manifest.parts());
    out.list("codecs", details.codecs(), (json, share) -> write(json, "codec", share));
    out.list(
        "packs",
        details.packs(),
        (json, share) -> {
          write(json, "pack", share);
          json.put("pack_bytes", share.packLength());
        });
    out.put("labels", manifest.labels());
    out.put("provenance", manifest.provenance());
  }

  private static void write(Json json, String name, Share share) throws IOException {
    json.put(name, share.name());
    json.put("chunks", share.chunks());
    json.put("plain_bytes", share.plainBytes());
    json.put("stored_bytes", share.storedBytes());
  }
}
