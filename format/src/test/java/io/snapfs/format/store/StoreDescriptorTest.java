package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoreDescriptorTest {
  private static final StoreDescriptor DESCRIPTOR =
      new StoreDescriptor(new UUID(0x0011223344556677L, 0x8899aabbccddeeffL), 1234567890123L);

  @Test
  void roundTrip() throws SnapfsException {
    assertEquals(DESCRIPTOR, decode(DESCRIPTOR.encode()));
  }

  @Test
  void laysTheBytesOutAsSpecified() {
    ByteBuffer bytes = DESCRIPTOR.encode();
    byte[] magic = new byte[8];
    bytes.get(0, magic);
    assertEquals("SNAPFSST", new String(magic, StandardCharsets.US_ASCII));
    assertEquals(1, bytes.getShort(8));
    assertEquals(64, bytes.getShort(10));
    assertEquals(0x00, bytes.get(24));
    assertEquals((byte) 0xff, bytes.get(39));
    assertEquals(1234567890123L, bytes.getLong(40));
    assertEquals(Crc32c.of(bytes, 0, 60), bytes.getInt(60));
  }

  @Test
  void everyFlippedBitIsFound() {
    for (int bit = 0; bit < StoreDescriptor.LENGTH * 8; bit++) {
      ByteBuffer bytes = DESCRIPTOR.encode();
      bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
      CorruptException e = assertThrows(CorruptException.class, () -> decode(bytes), "bit " + bit);
      assertTrue(e.getMessage().startsWith("the/file"), e.getMessage());
    }
  }

  @Test
  void aNewerVersionIsTooNewNotDamaged() {
    ByteBuffer bytes = DESCRIPTOR.encode().putShort(8, (short) 2);
    TooNewException e = assertThrows(TooNewException.class, () -> decode(sealed(bytes)));
    assertTrue(e.getMessage().contains("version 2"), e.getMessage());
  }

  @Test
  void aNewerVersionMayBeLonger() {
    ByteBuffer bytes = sealed(DESCRIPTOR.encode().putShort(8, (short) 2).putShort(10, (short) 80));
    assertThrows(TooNewException.class, () -> StoreDescriptor.decode(bytes, 80, "the/file"));
  }

  @Test
  void anUnknownRequiredFeatureIsTooNew() {
    ByteBuffer bytes = DESCRIPTOR.encode().putInt(12, 0x10);
    TooNewException e = assertThrows(TooNewException.class, () -> decode(sealed(bytes)));
    assertTrue(e.getMessage().contains("0x10"), e.getMessage());
  }

  @Test
  void optionalFeaturesAndReservedBytesAreNotRead() throws SnapfsException {
    ByteBuffer bytes = DESCRIPTOR.encode().putInt(16, -1).putInt(20, -1).putInt(56, -1);
    assertEquals(DESCRIPTOR, decode(sealed(bytes)));
  }

  @Test
  void versionZeroAndWrongLengthsAreDamage() {
    assertThrows(
        CorruptException.class, () -> decode(sealed(DESCRIPTOR.encode().putShort(8, (short) 0))));
    assertThrows(
        CorruptException.class, () -> decode(sealed(DESCRIPTOR.encode().putShort(10, (short) 63))));
    assertThrows(
        CorruptException.class, () -> StoreDescriptor.decode(DESCRIPTOR.encode(), 65, "the/file"));
  }

  private static ByteBuffer sealed(ByteBuffer bytes) {
    return bytes.putInt(60, Crc32c.of(bytes, 0, 60));
  }

  private static StoreDescriptor decode(ByteBuffer bytes) throws SnapfsException {
    return StoreDescriptor.decode(bytes, StoreDescriptor.LENGTH, "the/file");
  }
}
