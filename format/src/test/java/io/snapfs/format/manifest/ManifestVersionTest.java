package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.TooNewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What older and newer versions leave to each other. */
class ManifestVersionTest {
  /** Content id of the golden manifest; it must never change. */
  private static final String GOLDEN_ID =
      "ac58a5878e77089bf94f5be2dd6fac9cb30946467cf745441042b56c5aff7591";

  @TempDir Path scratch;

  @Test
  void readsTheGoldenManifestOfVersion1() throws IOException {
    byte[] golden;
    try (var stream = getClass().getResourceAsStream("version-1.manifest")) {
      golden = stream.readAllBytes();
    }
    SampleTree tree = SampleTree.small();
    byte[] written = tree.write(scratch);
    Manifest manifest = ManifestAssertions.open(golden);
    ManifestAssertions.assertSame(tree, manifest);
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    assertEquals(GOLDEN_ID, HexFormat.of().formatHex(manifest.contentId()));
    assertArrayEquals(golden, written, "what is written today is still the same");
  }

  @Test
  void refusesANewerVersionAsTooNew() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[8] = 2;
    TooNewException e =
        assertThrows(TooNewException.class, () -> ManifestAssertions.open(Seal.header(bytes)));
    assertTrue(e.getMessage().contains("version 2"), e.getMessage());
  }

  @Test
  void refusesVersion0() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[8] = 0;
    assertThrows(CorruptException.class, () -> ManifestAssertions.open(Seal.header(bytes)));
  }

  @Test
  void refusesUnknownRequiredFeaturesAsTooNew() throws IOException {
    for (int bit = 0; bit < 32; bit++) {
      byte[] bytes = SampleTree.small().write(scratch);
      Seal.little(bytes).putInt(12, 1 << bit);
      assertThrows(
          TooNewException.class, () -> ManifestAssertions.open(Seal.header(bytes)), "bit " + bit);
    }
  }

  @Test
  void damageIsNotTakenForANewerVersion() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[8] = 2;
    assertThrows(CorruptException.class, () -> ManifestAssertions.open(bytes));
  }

  @Test
  void ignoresAndKeepsOptionalFeaturesAndUnknownSections() throws IOException {
    SampleTree tree = SampleTree.small();
    Manifest old = ManifestAssertions.open(tree.write(scratch));
    List<SectionSource> sources = sourcesOf(old);
    byte[] secret = "of a later version".getBytes(StandardCharsets.UTF_8);
    sources.add(
        new SectionSource(77, 9, secret.length, sink -> sink.accept(ByteBuffer.wrap(secret))));
    Manifest manifest = ManifestAssertions.open(seal(sources, 0x8000_0001));
    ManifestAssertions.assertSame(tree, manifest);
    assertEquals(List.of(), ManifestAssertions.problems(manifest));
    assertArrayEquals(old.contentId(), manifest.contentId());

    MemoryBlob blob = new MemoryBlob();
    ManifestRelocation.write(
        manifest,
        List.of(new ManifestRelocation.PackEntry(old.packId(0), old.packLength(0))),
        c -> new ManifestRelocation.Placement(0, manifest.chunkLocation(c)),
        blob,
        scratch);
    assertArrayEquals(seal(sources, 0x8000_0001), blob.toBytes(), "a copy keeps what is unknown");
  }

  @Test
  void refusesMissingAndMisplacedSections() throws IOException {
    Manifest manifest = ManifestAssertions.open(SampleTree.small().write(scratch));
    for (SectionType type : SectionType.values()) {
      List<SectionSource> sources = sourcesOf(manifest);
      SectionSource removed = sources.remove(type.number() - 1);
      refuse(sources, "section " + type + " is missing");
      sources.add(type.number() == 1 ? 1 : 0, removed);
      refuse(sources, "follows type");
      sources = sourcesOf(manifest);
      sources.add(type.number() - 1, removed);
      refuse(sources, "follows type");
    }
  }

  @Test
  void refusesOtherEntrySizes() throws IOException {
    Manifest manifest = ManifestAssertions.open(SampleTree.small().write(scratch));
    List<SectionSource> sources = sourcesOf(manifest);
    SectionSource nodes = sources.get(0);
    sources.set(0, new SectionSource(nodes.type(), 48, nodes.length(), nodes.content()));
    refuse(sources, "have 48 bytes, expected 96");
  }

  private static List<SectionSource> sourcesOf(Manifest manifest) {
    List<SectionSource> sources = new ArrayList<>();
    for (Section section : manifest.file().sections()) {
      sources.add(SectionSource.of(manifest.file().bytes(), section));
    }
    return sources;
  }

  private static byte[] seal(List<SectionSource> sources, int optionalFeatures) throws IOException {
    MemoryBlob blob = new MemoryBlob();
    new ManifestSealer(sources, optionalFeatures).writeTo(blob);
    return blob.toBytes();
  }

  private static void refuse(List<SectionSource> sources, String message) throws IOException {
    byte[] bytes = seal(sources, 0);
    CorruptException e = assertThrows(CorruptException.class, () -> ManifestAssertions.open(bytes));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
