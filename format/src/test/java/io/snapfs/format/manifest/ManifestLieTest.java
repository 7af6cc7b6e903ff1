package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.snapfs.format.CorruptException;
import io.snapfs.format.TooNewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A manifest whose checksums are right but whose content breaks a rule. Nodes of {@link
 * SampleTree#small}: 0 root, 1 big, 2 sub, 3 tty, and in sub 1 again, 4 copy, 5 empty, 6 a symlink;
 * entries and extents are in that order.
 */
class ManifestLieTest {
  private static final long NONE = 0xffff_ffffL;

  @TempDir Path scratch;

  private static Arguments lie(
      String message, SectionType type, int record, int field, int width, long value) {
    Consumer<byte[]> change =
        manifest -> {
          ByteBuffer buffer = Seal.little(manifest);
          int at = Seal.position(manifest, type, record, field);
          switch (width) {
            case 1 -> buffer.put(at, (byte) value);
            case 2 -> buffer.putShort(at, (short) value);
            case 4 -> buffer.putInt(at, (int) value);
            default -> buffer.putLong(at, value);
          }
        };
    return arguments(type + " " + record + "+" + field + "=" + value, change, message);
  }

  /** Makes a field equal to the same field of another record. */
  private static Arguments same(
      String message, SectionType type, int record, int other, int field, int width) {
    Consumer<byte[]> change =
        manifest ->
            System.arraycopy(
                manifest,
                Seal.position(manifest, type, other, field),
                manifest,
                Seal.position(manifest, type, record, field),
                width);
    return arguments(type + " " + record + "+" + field + " as " + other, change, message);
  }

  /** Overwrites the first bytes of an entry's name. */
  private static Arguments name(String message, int entry, String name) {
    Consumer<byte[]> change =
        manifest -> {
          ByteBuffer buffer = Seal.little(manifest);
          int at = Seal.position(manifest, SectionType.DIRENTS, entry, 0);
          buffer.putShort(at + 4, (short) name.length());
          byte[] raw = SampleTree.ascii(name);
          buffer.put(
              Seal.position(manifest, SectionType.BYTES, buffer.getInt(at), 0), raw, 0, raw.length);
        };
    return arguments("name of entry " + entry, change, message);
  }

  static Stream<Arguments> nodeLies() {
    SectionType t = SectionType.NODES;
    return Stream.of(
        lie("no known file type", t, 1, 0, 4, 0),
        lie("no known file type", t, 1, 0, 4, 0x10000 | 0100644),
        lie("names another node", t, 1, 72, 8, 2),
        lie("4 extents from 3", t, 2, 0, 4, 0100644),
        lie("its node is of type 1", t, 3, 0, 4, 0010644),
        lie("3 links, expected 2", t, 1, 12, 4, 3),
        lie("3 links, expected 2", t, 2, 12, 4, 3),
        lie("0 links", t, 4, 12, 4, 0),
        lie("a size of", t, 1, 16, 8, -1),
        lie("a size of 1", t, 2, 16, 8, 1),
        lie("an extent of 8193 bytes of chunk 0", t, 4, 16, 8, 8193),
        lie("extents for a size of 0", t, 4, 16, 8, 0),
        lie("extents for a size of 1", t, 5, 16, 8, 1),
        lie("nanoseconds", t, 1, 32, 4, 1_000_000_000),
        lie("nanoseconds", t, 1, 32, 4, NONE),
        lie("part 1, there are 1", t, 1, 44, 4, 1),
        lie("part 4294967295", t, 1, 44, 4, NONE),
        lie("extents from 4", t, 4, 48, 8, 4),
        lie("extents from", t, 4, 48, 8, Long.MAX_VALUE),
        lie("extents from", t, 4, 48, 8, Long.MIN_VALUE),
        lie("belongs to another file", t, 4, 48, 8, 0),
        lie("2147483647 extents", t, 1, 56, 4, Integer.MAX_VALUE),
        lie("counted were", t, 1, 56, 4, 2),
        lie("entries from 5", t, 2, 48, 8, 5),
        lie("an entry of two directories", t, 2, 48, 8, 2),
        lie("is not a directory with the entry", t, 2, 56, 4, 3),
        lie("4294967295 entries", t, 2, 56, 4, NONE),
        lie("xattrs from 1", t, 2, 60, 4, 1),
        lie("4294967295 xattrs", t, 2, 64, 4, NONE),
        lie("content for a file of type 2", t, 3, 48, 8, 1),
        lie("content for a file of type 2", t, 3, 56, 4, 1),
        lie("a target of 0 bytes", t, 6, 56, 4, 0),
        lie("a target of 4096 bytes", t, 6, 56, 4, 4096),
        lie("expected 12", t, 6, 56, 4, 12),
        lie("of a section of", t, 6, 48, 8, Long.MAX_VALUE),
        lie("parent 2, expected one below 2", t, 2, 68, 4, 2),
        lie("parent 7", t, 1, 68, 4, 7),
        lie("is not a directory with the entry", t, 1, 68, 4, 3),
        lie("is not a directory with the entry", t, 1, 68, 4, 2),
        lie("entry 7, there are 7", t, 1, 72, 8, 7),
        lie("entry 18446744073709551615", t, 1, 72, 8, -1),
        lie("not the root", t, 0, 68, 4, 1),
        lie("not the root", t, 0, 72, 8, 0),
        lie("not the root", t, 0, 0, 4, 0100644));
  }

  static Stream<Arguments> entryLies() {
    SectionType t = SectionType.DIRENTS;
    return Stream.of(
        lie("a name of 0 bytes", t, 1, 4, 2, 0),
        lie("a name of 256 bytes", t, 1, 4, 2, 256),
        lie("of a section of", t, 1, 0, 4, NONE),
        lie("of a section of", t, 1, 0, 4, 1 << 20),
        lie("entry of type 8", t, 1, 6, 1, 8),
        lie("entry of node 7, there are 7", t, 1, 8, 4, 7),
        lie("entry of node 4294967295", t, 1, 8, 4, NONE),
        lie("its node is of type 8", t, 2, 8, 4, 5),
        same("follows 'big'", t, 1, 0, 0, 6),
        same("must be sorted", t, 0, 2, 0, 6),
        same("named by more than one entry", t, 2, 1, 6, 6),
        name("with a slash", 1, "a/b"),
        name("with a slash or NUL", 1, "a\0b"),
        name("the name '.'", 1, "."),
        name("the name '..'", 1, ".."));
  }

  static Stream<Arguments> contentLies() {
    SectionType e = SectionType.EXTENTS;
    SectionType c = SectionType.CHUNK_LOCATIONS;
    SectionType x = SectionType.XATTRS;
    return Stream.of(
        lie("an extent from 1", e, 0, 0, 8, 1),
        lie("an extent from 8192 to 8191", e, 2, 0, 8, 8191),
        lie("file offset", e, 2, 0, 8, -1),
        lie("an extent of 8191 bytes of chunk 0", e, 1, 0, 8, 8191),
        lie("an extent from", e, 2, 0, 8, Long.MAX_VALUE),
        lie("chunk 2, there are 2", e, 2, 8, 4, 2),
        lie("chunk 2147483648", e, 2, 8, 4, 0x8000_0000L),
        lie("which has 8192", e, 2, 8, 4, 0),
        same("has the id of chunk 0", SectionType.CHUNK_IDS, 1, 0, 0, 32),
        lie("5000 stored bytes from 229", c, 0, 0, 8, 229),
        lie("stored bytes from", c, 0, 0, 8, Long.MAX_VALUE),
        lie("stored bytes from", c, 0, 0, 8, Long.MIN_VALUE),
        lie("pack 1, there are 1", c, 0, 8, 4, 1),
        lie("pack 4294967295", c, 0, 8, 4, NONE),
        lie("0 stored bytes", c, 0, 12, 4, 0),
        lie("8193 stored bytes", c, 0, 12, 4, 8193),
        lie("4294967295 stored bytes", c, 0, 12, 4, NONE),
        lie("a raw chunk of 100", c, 1, 12, 4, 99),
        lie("0 plain bytes", c, 0, 16, 4, 0),
        lie("4194305 plain bytes", c, 0, 16, 4, (4 << 20) + 1),
        lie("of chunk 0, which has 8191", c, 0, 16, 4, 8191),
        lie("a length of 0", x, 0, 4, 4, 0),
        lie("a length of 256", x, 0, 4, 4, 256),
        lie("a length of 65537", x, 0, 12, 4, 65537),
        lie("of a section of", x, 0, 0, 4, NONE),
        lie("of a section of", x, 1, 8, 4, 1 << 20),
        same("not sorted", x, 1, 0, 0, 8));
  }

  static Stream<Arguments> totalLies() {
    SectionType s = SectionType.SUMMARY;
    SectionType p = SectionType.PROPERTIES;
    return Stream.of(
        lie("counted were", s, 0, 8, 8, 5),
        lie("the amount", s, 0, 8, 8, -1),
        lie("counted were", s, 0, 16, 8, 5),
        lie("counted were", s, 0, 24, 8, 5),
        lie("counted were", s, 0, 32, 8, 5),
        lie("counted were", s, 0, 48, 8, 5),
        lie("counted were", s, 0, 56, 8, 5),
        lie("a pack of 0 bytes", SectionType.PACKS, 0, 16, 8, 0),
        lie("a pack of 4294967297 bytes", SectionType.PACKS, 0, 16, 8, (4L << 30) + 1),
        lie("part 0 has type 2", SectionType.PARTS, 0, 0, 4, 2),
        lie("a name of 4096 bytes", SectionType.PARTS, 0, 8, 4, 4096),
        lie("of a section of", SectionType.PARTS, 0, 4, 4, NONE),
        lie("part 0 has 7 files", SectionType.PARTS, 0, 16, 8, 7),
        lie("part 0 has 3 files of 7", SectionType.PARTS, 0, 24, 8, 7),
        lie("a length of 0", p, 0, 8, 4, 0),
        lie("a length of 257", p, 0, 8, 4, 257),
        lie("a length of 65537", p, 0, 16, 4, 65537),
        lie("exceed 1048576", p, 0, 16, 4, NONE),
        lie("of a section of", p, 0, 4, 4, NONE),
        lie("not UTF-8", SectionType.PROPERTY_BYTES, 0, 0, 1, 0xff),
        arguments(
            "second label",
            (Consumer<byte[]>)
                manifest ->
                    System.arraycopy(
                        manifest,
                        Seal.position(manifest, p, 0, 0),
                        manifest,
                        Seal.position(manifest, p, 1, 0),
                        24),
            "a second property 'team'"));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource({"nodeLies", "entryLies", "contentLies", "totalLies"})
  void isFound(String what, Consumer<byte[]> change, String message) throws Exception {
    byte[] bytes = SampleTree.small().write(scratch);
    change.accept(bytes);
    Seal.everything(bytes);
    List<CorruptException> problems;
    try {
      Manifest manifest = ManifestAssertions.open(bytes);
      Transcript.of(manifest);
      problems = ManifestAssertions.problems(manifest);
    } catch (CorruptException e) {
      problems = List.of(e);
    }
    assertTrue(
        problems.stream().anyMatch(e -> e.getMessage().contains(message)),
        what + " gives " + problems);
    for (CorruptException problem : problems) {
      assertEquals("test.manifest", problem.resource());
    }
  }

  @Test
  void anotherContentIdIsFound() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[24]++;
    List<CorruptException> problems =
        ManifestAssertions.problems(ManifestAssertions.open(Seal.sums(bytes)));
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).getMessage().contains("the content has the id"));
  }

  @Test
  void anUnknownCodecIsTooNew() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    bytes[Seal.position(bytes, SectionType.CHUNK_LOCATIONS, 1, 24)] = 9;
    Manifest manifest = ManifestAssertions.open(Seal.everything(bytes));
    assertThrows(TooNewException.class, () -> manifest.chunkCodec(1));
    assertThrows(TooNewException.class, () -> manifest.chunkLocation(1));
    assertEquals(2, manifest.chunkCodec(0));
    assertThrows(TooNewException.class, () -> ManifestAssertions.problems(manifest));
  }

  @Test
  void aDirectoryInItselfDoesNotTrapAWalk() throws IOException {
    byte[] bytes = SampleTree.small().write(scratch);
    Seal.little(bytes)
        .putLong(Seal.position(bytes, SectionType.NODES, 2, 48), 1)
        .putInt(Seal.position(bytes, SectionType.NODES, 2, 56), 1);
    Manifest manifest = ManifestAssertions.open(Seal.everything(bytes));
    Node sub = manifest.node(2);
    assertThrows(CorruptException.class, () -> manifest.entry(sub, 1));
    assertThrows(CorruptException.class, () -> manifest.lookup(sub, SampleTree.ascii("sub")));
    assertFalse(ManifestAssertions.problems(manifest).isEmpty());
  }

  /** Every word of the manifest set to every suspicious value. */
  @Test
  void noLieCausesAnythingButDamage() throws Exception {
    byte[] good = SampleTree.small().write(scratch);
    int table = Seal.tableOffset(good);
    for (int at = 0; at < table; at += 4) {
      int old = Seal.little(good).getInt(at);
      int[] values = {
        0, 1, old - 1, old + 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, table, old ^ 0x10000
      };
      for (int value : values) {
        byte[] bad = good.clone();
        Seal.little(bad).putInt(at, value);
        boolean inHeader = at < ManifestHeader.LENGTH;
        tryEverything(inHeader ? Seal.header(bad) : Seal.sums(bad), at + "=" + value);
      }
    }
  }

  private static void tryEverything(byte[] bytes, String what) throws Exception {
    try {
      Manifest manifest = ManifestAssertions.open(bytes);
      Transcript.of(manifest);
      ManifestAssertions.problems(manifest);
    } catch (CorruptException | TooNewException e) {
      assertFalse(e.getMessage().isEmpty());
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }
}
