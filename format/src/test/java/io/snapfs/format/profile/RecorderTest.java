package io.snapfs.format.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.snapfs.format.ArtifactRef;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecorderTest {
  private static final ArtifactRef REF = ArtifactRef.parse("a:1");
  private static final int CHUNKS = 10_000;

  @Test
  void firstTouchesAreRecordedInOrder() {
    TouchRecorder touches = new TouchRecorder(new byte[32], CHUNKS);
    int[] order = new Random(1).ints(5000, 0, CHUNKS).distinct().toArray();
    for (int chunk : order) {
      touches.touched(chunk);
      touches.touched(order[0]);
      touches.touched(chunk);
    }
    Profile profile = touches.profile();
    assertEquals(order.length, profile.size());
    for (int i = 0; i < order.length; i++) {
      assertEquals(order[i], profile.chunk(i));
    }
  }

  @Test
  void manyThreadsRecordEachChunkOnce() throws InterruptedException {
    TouchRecorder touches = new TouchRecorder(new byte[32], CHUNKS);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int seed = t;
      Thread thread =
          new Thread(() -> new Random(seed).ints(50_000, 0, CHUNKS).forEach(touches::touched));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Profile profile = touches.profile();
    int[] order = IntStream.range(0, profile.size()).map(profile::chunk).toArray();
    assertEquals(profile.size(), Profile.of(new byte[32], CHUNKS, order).size()); // none is twice
    assertTrue(profile.size() > CHUNKS * 99 / 100);
  }

  @Test
  void whatWasTouchedBeforeAllocatesNothing() {
    TouchRecorder touches = new TouchRecorder(new byte[32], CHUNKS);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 5 * CHUNKS; i++) {
      touches.touched(i % CHUNKS);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 5 * CHUNKS; i++) {
      touches.touched(i % CHUNKS);
    }
    assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 1000);
  }

  @Test
  void artifactsOfOneContentHaveOneRecord() {
    Recorder recorder = new Recorder();
    byte[] other = new byte[32];
    other[3] = 1;
    TouchRecorder first = recorder.of(REF, new byte[32], CHUNKS);
    assertSame(first, recorder.of(ArtifactRef.parse("b"), new byte[32], CHUNKS));
    recorder.of(ArtifactRef.parse("untouched"), other, CHUNKS);
    first.touched(4);
    List<Recording> recordings = recorder.recordings();
    assertEquals(1, recordings.size());
    assertEquals(REF, recordings.get(0).ref());
    assertEquals(4, recordings.get(0).profile().chunk(0));
  }
}
