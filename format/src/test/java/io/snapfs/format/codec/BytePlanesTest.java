package io.snapfs.format.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BytePlanesTest {
  private final BytePlanes planes = new BytePlanes();

  @Test
  void splitsAndJoinsEveryShortLengthAndSomeLongOnes() {
    Random random = new Random(7);
    for (int length = 0; length < 10_000; length += length < 100 ? 1 : 997) {
      byte[] plain = Data.RANDOM.bytes(random, length);
      Guarded even = new Guarded(BytePlanes.evenLength(length));
      Guarded odd = new Guarded(BytePlanes.oddLength(length));
      var source = Guarded.of(plain).buffer();
      planes.split(source, source.position(), length, even.buffer().slice(), odd.buffer().slice());
      even.assertIntact("even plane of " + length);
      odd.assertIntact("odd plane of " + length);
      for (int i = 0; i < length; i++) {
        assertEquals(plain[i], ((i & 1) == 0 ? even : odd).bytes()[i >> 1], i + " of " + length);
      }
      assertJoins(plain, even, odd);
    }
  }

  private void assertJoins(byte[] plain, Guarded even, Guarded odd) {
    Guarded joined = new Guarded(plain.length);
    var evenPlane = even.buffer();
    var oddPlane = odd.buffer();
    var target = joined.buffer();
    planes.join(
        evenPlane,
        evenPlane.position(),
        oddPlane,
        oddPlane.position(),
        target,
        target.position(),
        plain.length);
    joined.assertIntact("joined " + plain.length);
    assertArrayEquals(plain, joined.bytes());
  }
}
