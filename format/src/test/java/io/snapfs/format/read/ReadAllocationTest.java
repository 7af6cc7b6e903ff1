package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.snapfs.format.codec.CodecPolicy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DESIGN.md 14: the data path allocates nothing per request. */
class ReadAllocationTest {
  private static final int LENGTH = 4 << 20;
  private static final int READ = 96 << 10;
  private static final int READS = 50_000;
  private static final int ROUNDS = 10;

  /** Bytes that the JVM and Caffeine's maintenance may allocate now and then. */
  private static final long SOMETHING_ELSE = 2000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;
  private ReadFixture fixture;
  private OpenFile file;
  private long handedOut;

  @BeforeEach
  void setUp() throws IOException {
    byte[] content = ReadFixture.bytes(LENGTH, 3);
    Arrays.fill(content, LENGTH / 2, LENGTH / 2 + 200_000, (byte) 0);
    fixture =
        new ReadFixture(
            directory,
            new TestArtifacts("fixed:64K", CodecPolicy.LZ4).file("f", content),
            64 << 20,
            2);
    file = fixture.open("f");
  }

  @AfterEach
  void tearDown() throws IOException {
    file.close();
    fixture.close();
  }

  private interface Read {
    int at(long offset) throws IOException;
  }

  /** In the steady state: once everything is decoded, and the JVM has optimised what runs. */
  private void assertAllocatesNothing(Read read) throws IOException {
    file.read(0, ByteBuffer.allocateDirect(LENGTH));
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && allocated >= SOMETHING_ELSE; round++) {
      long decodes = fixture.cache.stats().decodes();
      long before = threads.getCurrentThreadAllocatedBytes();
      run(read, READS);
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(decodes, fixture.cache.stats().decodes(), "not everything was cached");
    }
    assertTrue(allocated < SOMETHING_ELSE, allocated + " bytes for " + READS + " reads");
  }

  private static void run(Read read, int times) throws IOException {
    long offset = 0;
    for (int i = 0; i < times; i++) {
      assertEquals(READ, read.at(offset));
      offset += i % 7 == 0 ? 1_234_567 : READ; // here and there, and forward
      offset = offset > LENGTH - READ ? offset % 4096 : offset;
    }
  }

  @Test
  void copyingReads() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ);
    assertAllocatesNothing(offset -> file.read(offset, buffer.clear()));
  }

  @Test
  void readsOfSlices() throws IOException {
    SliceSink sink =
        slices -> {
          for (int i = 0; i < slices.count(); i++) {
            handedOut += slices.length(i);
          }
        };
    assertAllocatesNothing(offset -> file.read(offset, READ, sink));
    assertTrue(handedOut >= (long) READS * READ, handedOut + " bytes were handed out");
  }
}
