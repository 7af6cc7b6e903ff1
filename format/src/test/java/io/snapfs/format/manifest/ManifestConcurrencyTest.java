package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestConcurrencyTest {
  private static final int THREADS = 4;

  @TempDir Path scratch;

  @Test
  void manyThreadsReadOneManifestForTheFirstTime() throws Exception {
    byte[] bytes = SampleTree.random(new Random(17), 1000).write(scratch);
    Map<String, String> expected = Transcript.of(ManifestAssertions.open(bytes));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < 3; round++) {
        Manifest manifest = ManifestAssertions.open(bytes);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<Map<String, String>>> given = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          given.add(
              threads.submit(
                  () -> {
                    start.await();
                    return Transcript.of(manifest);
                  }));
        }
        for (Future<Map<String, String>> answers : given) {
          assertEquals(expected, answers.get());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
