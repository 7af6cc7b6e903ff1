package io.snapfs.format.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.TooNewException;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.MemoryBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final int HEADER = 96;
  private static final int CHUNKS = 1000;
  private static final byte[] ID = new byte[32];

  static {
    Arrays.fill(ID, (byte) 0xc1);
  }

  private static Profile profile(int... order) {
    return Profile.of(ID, CHUNKS, order);
  }

  private static Profile read(byte[] bytes) throws IOException {
    return Profile.read(blob(bytes), ID, CHUNKS);
  }

  private static BlobReader blob(byte[] bytes) {
    return MemoryBlob.reader(Profile.key(ID), bytes);
  }

  private static byte[] bytes(Profile profile) {
    ByteBuffer encoded = profile.encode();
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  private static int[] order(Profile profile) {
    return IntStream.range(0, profile.size()).map(profile::chunk).toArray();
  }

  private static void assertRoundTrip(int... order) throws IOException {
    Profile read = read(bytes(profile(order)));
    assertArrayEquals(order, order(read));
    assertArrayEquals(ID, read.contentId());
    assertEquals(CHUNKS, read.artifactChunks());
    assertEquals(order.length, Profile.readSize(blob(bytes(profile(order))), ID));
  }

  @Test
  void roundTrip() throws IOException {
    assertRoundTrip();
    assertRoundTrip(0);
    assertRoundTrip(999);
    assertRoundTrip(999, 0, 998, 1, 997);
    assertRoundTrip(IntStream.range(0, CHUNKS).toArray());
    assertRoundTrip(IntStream.range(0, CHUNKS).map(i -> CHUNKS - 1 - i).toArray());
    Random random = new Random(4);
    for (int i = 0; i < 200; i++) {
      List<Integer> all = new ArrayList<>(IntStream.range(0, CHUNKS).boxed().toList());
      Collections.shuffle(all, random);
      assertRoundTrip(
          all.stream().limit(random.nextInt(CHUNKS)).mapToInt(Integer::intValue).toArray());
    }
  }

  @Test
  void whatIsReadForwardTakesNextToNothing() {
    assertEquals(HEADER + 3, bytes(profile(IntStream.range(0, CHUNKS).toArray())).length);
    assertTrue(bytes(profile(7, 3, 500, 20, 21)).length <= HEADER + 4 * 3);
  }

  @Test
  void laysTheBytesOutAsSpecified() {
    ByteBuffer bytes = profile(5, 6, 7, 2).encode();
    byte[] magic = new byte[8];
    bytes.get(0, magic);
    assertEquals("SNAPFSPR", new String(magic, StandardCharsets.US_ASCII));
    assertEquals(1, bytes.getShort(8));
    assertEquals(HEADER, bytes.getShort(10));
    assertEquals(2, bytes.getInt(20));
    assertEquals((byte) 0xc1, bytes.get(24));
    assertEquals((byte) 0xc1, bytes.get(55));
    assertEquals(4, bytes.getInt(56));
    assertEquals(CHUNKS, bytes.getInt(60));
    assertEquals(4, bytes.getInt(64));
    assertEquals(Crc32c.of(bytes, HEADER, 4), bytes.getInt(68));
    assertEquals(Crc32c.of(bytes, 0, 92), bytes.getInt(92));
    byte[] runs = new byte[4];
    bytes.get(HEADER, runs);
    assertArrayEquals(new byte[] {10, 2, 11, 0}, runs); // +5, 3 chunks; -6, 1 chunk
  }

  @Test
  void everyFlippedBitIsFound() {
    byte[] good = bytes(profile(5, 6, 7, 2, 900, 300, 301));
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      CorruptException e = assertThrows(CorruptException.class, () -> read(bad), "bit " + bit);
      assertTrue(e.getMessage().contains(".profile"), e.getMessage());
    }
  }

  @Test
  void everyCutIsFound() {
    byte[] good = bytes(profile(5, 6, 7, 2, 900, 300, 301));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(CorruptException.class, () -> read(cut), "length " + length);
    }
    assertThrows(CorruptException.class, () -> read(Arrays.copyOf(good, good.length + 1)));
  }

  private static ByteBuffer header(int runs, int chunks, int artifactChunks, byte... runBytes) {
    ByteBuffer blob = ByteBuffer.allocate(HEADER + runBytes.length).order(ByteOrder.LITTLE_ENDIAN);
    blob.put(0, bytes(profile()), 0, HEADER).put(HEADER, runBytes);
    blob.putInt(20, runs).putInt(56, chunks).putInt(60, artifactChunks);
    blob.putInt(64, runBytes.length).putInt(68, Crc32c.of(runBytes));
    return blob;
  }

  private static byte[] sealed(ByteBuffer blob) {
    blob.putInt(92, Crc32c.of(blob, 0, 92));
    byte[] bytes = new byte[blob.capacity()];
    blob.get(0, bytes);
    return bytes;
  }

  private static void assertLie(String problem, ByteBuffer blob) {
    CorruptException e = assertThrows(CorruptException.class, () -> read(sealed(blob)));
    assertTrue(e.getMessage().contains(problem), "no '" + problem + "' in " + e.getMessage());
  }

  @Test
  void liesAboutLengthsAndCounts() throws IOException {
    byte[] two = {10, 2, 11, 0}; // chunks 5, 6, 7, then 2
    assertEquals(4, read(sealed(header(2, 4, CHUNKS, two))).size());
    assertLie("can't be", header(2, 4, Integer.MAX_VALUE, two));
    assertLie("can't be", header(2, 4, -1, two));
    assertLie("can't be", header(2, CHUNKS + 1, CHUNKS, two));
    assertLie("can't be", header(2, -1, CHUNKS, two));
    assertLie("can't be", header(-1, 4, CHUNKS, two));
    assertLie("can't be", header(5, 4, CHUNKS, two));
    assertLie("can't be", header(3, 4, CHUNKS, two)); // less than two bytes a run
    assertLie("can't be", header(1, 4, CHUNKS, new byte[11])); // more than ten
    assertLie("expected 4 and the end", header(1, 4, CHUNKS, two));
    assertLie("expected 5 and the end", header(2, 5, CHUNKS, two));
    assertLie("more chunks in the runs than 3", header(2, 3, CHUNKS, two));
    assertLie("the artifact has 1000", header(2, 4, CHUNKS - 1, two));
    assertLie("expected 96 and the 5 bytes", header(2, 4, CHUNKS, two).putInt(64, 5));
    assertLie("expected 96 and the 4294967295", header(2, 4, CHUNKS, two).putInt(64, -1));
    assertLie("expected 97 and", header(2, 4, CHUNKS, two).putShort(10, (short) 97));
    assertLie("version is 0", header(2, 4, CHUNKS, two).putShort(8, (short) 0));
  }

  @Test
  void liesInRuns() {
    byte high = (byte) 0x80;
    assertLie("chunks from -1 on", header(1, 1, CHUNKS, (byte) 1, (byte) 0));
    assertLie("chunks from 1000 on", header(1, 1, CHUNKS, (byte) 0xd0, (byte) 0x0f, (byte) 0));
    assertLie(
        "a run of 2 chunks from 999", // the last chunk, and one more
        header(1, 2, CHUNKS, (byte) 0xce, (byte) 0x0f, (byte) 1));
    assertLie("chunk 0 occurs twice", header(2, 2, CHUNKS, new byte[] {0, 0, 1, 0}));
    assertLie("within a number", header(1, 1, CHUNKS, (byte) 0, high));
    assertLie("longer than it need be", header(1, 1, CHUNKS, high, (byte) 0, (byte) 0));
    assertLie(
        "longer than it need be", header(1, 1, CHUNKS, high, high, high, high, high, (byte) 1));
    byte most = (byte) 0xff;
    assertLie( // numbers as large as five bytes can say
        "a run of 34359738368 chunks",
        header(1, 1, CHUNKS, (byte) 0, most, most, most, most, (byte) 0x7f));
    assertLie(
        "chunks from -17179869184 on",
        header(1, 1, CHUNKS, most, most, most, most, (byte) 0x7f, (byte) 0));
  }

  @Test
  void anotherContentsProfileIsRefused() {
    byte[] other = ID.clone();
    other[0]++;
    CorruptException e =
        assertThrows(
            CorruptException.class, () -> Profile.read(blob(bytes(profile(1))), other, CHUNKS));
    assertTrue(e.getMessage().contains("expected c2c1c1"), e.getMessage());
  }

  @Test
  void newerOnesAreTooNewNotDamaged() throws IOException {
    ByteBuffer version = header(0, 0, CHUNKS).putShort(8, (short) 2).putShort(10, (short) 90);
    assertThrows(TooNewException.class, () -> read(sealed(version)));
    ByteBuffer feature = header(0, 0, CHUNKS).putInt(12, 4);
    assertThrows(TooNewException.class, () -> read(sealed(feature)));
    ByteBuffer optional = header(0, 0, CHUNKS).putInt(16, -1).putInt(72, -1).putInt(88, -1);
    assertEquals(0, read(sealed(optional)).size());
  }

  @Test
  void keysNameContents() {
    String hex = "c1".repeat(32);
    assertEquals("profiles/c1/" + hex + ".profile", Profile.key(ID));
    assertArrayEquals(ID, Profile.contentIdOf(Profile.key(ID)));
    assertNull(Profile.contentIdOf("profiles/c2/" + hex + ".profile"));
    assertNull(Profile.contentIdOf("profiles/c1/" + hex.substring(2) + ".profile"));
    assertNull(Profile.contentIdOf("profiles/c1/" + hex + ".profile.tmp"));
  }

  @Test
  void anOrderHasEachChunkOnceAtMost() {
    assertThrows(IllegalArgumentException.class, () -> profile(1, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> profile(CHUNKS));
    assertThrows(IllegalArgumentException.class, () -> profile(-1));
    int[] positions = profile(5, 3).positions();
    assertEquals(1, positions[3]);
    assertEquals(0, positions[5]);
    assertEquals(-1, positions[4]);
  }
}
