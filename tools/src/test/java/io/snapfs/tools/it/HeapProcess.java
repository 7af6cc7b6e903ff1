package io.snapfs.tools.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** A JVM with a heap to be dumped, which follows the workload contract like state_worker.py. */
final class HeapProcess {
  private static final int BLOCK = 1 << 18;
  private static final int BLOCKS_PER_MIB = 4;
  private static final int EXIT_CODE = 7;

  private HeapProcess() {}

  /**
   * Runs it.
   *
   * @param arguments the control folder; MiB of heap
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Random random = new Random(1);
    List<byte[]> heap = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[1]) * BLOCKS_PER_MIB; i++) {
      byte[] block = new byte[BLOCK];
      random.nextBytes(block);
      heap.add(block);
    }
    long before = sum(heap);
    write(folder, "ready-for-snapshot", String.valueOf(ProcessHandle.current().pid()));
    await(folder.resolve("restore-complete"));
    write(folder, "result", sum(heap) == before ? "same" : "memory");
    await(folder.resolve("exit"));
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  private static long sum(List<byte[]> heap) {
    CRC32 sum = new CRC32();
    heap.forEach(sum::update);
    return sum.getValue();
  }

  private static void await(Path file) throws InterruptedException {
    while (Files.notExists(file)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private static void write(Path folder, String name, String text) throws Exception {
    Path aside = Files.writeString(folder.resolve(name + ".tmp"), text);
    Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
