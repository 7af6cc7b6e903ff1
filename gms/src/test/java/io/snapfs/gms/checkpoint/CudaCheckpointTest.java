package io.snapfs.gms.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.gms.CudaWorker;
import io.snapfs.gms.StandinCuda;
import io.snapfs.gms.cuda.CheckpointApi;
import io.snapfs.gms.cuda.CheckpointState;
import io.snapfs.gms.cuda.Cuda;
import io.snapfs.gms.cuda.GpuPair;
import io.snapfs.gms.cuda.GpuUuid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes with CUDA state on the stand-in, which keeps states as the driver does. */
class CudaCheckpointTest {
  private static final Duration LOCK_WITHIN = Duration.ofMinutes(1);

  @TempDir Path folder;
  private StandinCuda standin;
  private Path state;

  @BeforeEach
  void load() throws IOException {
    state = Files.createDirectory(folder.resolve("state"));
    standin = StandinCuda.in(folder).set("STATE", state.toString());
  }

  private CudaWorker worker() throws IOException {
    return CudaWorker.start(standin.library(), state);
  }

  private static void assertRunning(CheckpointApi api, CudaWorker... workers) throws IOException {
    for (CudaWorker each : workers) {
      assertEquals(CheckpointState.RUNNING, api.state(each.pid()));
    }
  }

  @Test
  void takesTheStateOfAllAndBringsItBack() throws Exception {
    Cuda cuda = standin.cuda();
    CheckpointApi api = cuda.checkpoint();
    Process other = new ProcessBuilder("sleep", "600").start();
    try (CudaWorker first = worker();
        CudaWorker second = worker();
        CudaWorker idle = CudaWorker.startWithoutUse(standin.library(), state)) {
      CudaUsers users =
          CudaUsers.among(
              List.of((int) other.pid(), first.pid(), second.pid(), idle.pid(), 999_999_999));
      assertEquals(List.of(first.pid(), second.pid(), idle.pid()), users.pids());
      CudaCheckpoint taken = CudaCheckpoint.take(cuda, users, LOCK_WITHIN);
      assertEquals(List.of(first.pid(), second.pid()), taken.facts().pids());
      assertEquals(CheckpointState.CHECKPOINTED, api.state(first.pid()));
      assertEquals(CheckpointState.CHECKPOINTED, api.state(second.pid()));
      CudaFacts.Device device = taken.facts().devices().get(0);
      assertEquals(2 * CudaWorker.DEVICE_BYTES, device.bytes());
      assertEquals(cuda.device(0).uuid(), device.uuid());
      assertEquals(taken.facts(), CudaFacts.of(taken.facts().provenance()).orElseThrow());
      taken.resume();
      assertRunning(api, first, second);
    } finally {
      other.destroyForcibly();
      other.waitFor();
    }
  }

  @Test
  void processesWithoutStateAreNone() throws Exception {
    try (CudaWorker idle = CudaWorker.startWithoutUse(standin.library(), state)) {
      CudaUsers users = CudaUsers.among(List.of(idle.pid()));
      assertFalse(users.isEmpty());
      assertNull(CudaCheckpoint.take(standin.cuda(), users, LOCK_WITHIN));
    }
    assertTrue(CudaUsers.among(List.of(999_999_999)).isEmpty());
  }

  @Test
  void whenOneCannotBeLockedAllGoOn() throws Exception {
    Cuda cuda = standin.cuda();
    try (CudaWorker first = worker();
        CudaWorker second = worker()) {
      standin.set("FAIL", "cuCheckpointProcessLock@" + second.pid() + ":600");
      CudaUsers users = CudaUsers.among(List.of(first.pid(), second.pid()));
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> CudaCheckpoint.take(cuda, users, LOCK_WITHIN));
      assertTrue(e.getMessage().contains("cuCheckpointProcessLock of process " + second.pid()));
      assertRunning(cuda.checkpoint(), first, second);
    }
  }

  @Test
  void whenOneCannotBeCheckpointedAllGoOn() throws Exception {
    Cuda cuda = standin.cuda();
    try (CudaWorker first = worker();
        CudaWorker second = worker()) {
      standin.set("FAIL", "cuCheckpointProcessCheckpoint@" + second.pid() + ":2");
      CudaUsers users = CudaUsers.among(List.of(first.pid(), second.pid()));
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> CudaCheckpoint.take(cuda, users, LOCK_WITHIN));
      assertTrue(e.getMessage().contains("CUDA_ERROR_OUT_OF_MEMORY"), e.getMessage());
      assertRunning(cuda.checkpoint(), first, second);
    }
  }

  @Test
  void aProcessThatCannotGoOnIsNamed() throws Exception {
    Cuda cuda = standin.cuda();
    try (CudaWorker first = worker();
        CudaWorker second = worker()) {
      standin.set(
          "FAIL",
          "cuCheckpointProcessCheckpoint@%d:2,cuCheckpointProcessRestore@%d:2"
              .formatted(second.pid(), first.pid()));
      CudaUsers users = CudaUsers.among(List.of(first.pid(), second.pid()));
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> CudaCheckpoint.take(cuda, users, LOCK_WITHIN));
      assertTrue(
          e.getMessage().endsWith("processes [" + first.pid() + "] can't go on: end them"),
          e.getMessage());
      assertRunning(cuda.checkpoint(), second);
    }
  }

  @Test
  void aCheckpointThatIsUnderWayIsLeftAlone() throws Exception {
    Cuda cuda = standin.cuda();
    try (CudaWorker worker = worker()) {
      cuda.checkpoint().lock(worker.pid(), LOCK_WITHIN);
      CudaUsers users = CudaUsers.among(List.of(worker.pid()));
      SnapfsException e =
          assertThrows(SnapfsException.class, () -> CudaCheckpoint.take(cuda, users, LOCK_WITHIN));
      assertTrue(e.getMessage().contains("is LOCKED and not RUNNING"), e.getMessage());
      assertEquals(CheckpointState.LOCKED, cuda.checkpoint().state(worker.pid()));
    }
  }

  private CudaFacts facts(long bytes, String name, GpuUuid... uuids) {
    return new CudaFacts(
        List.of(1),
        java.util.Arrays.stream(uuids)
            .map(each -> new CudaFacts.Device(each, bytes, name))
            .toList(),
        "13.0");
  }

  private static GpuUuid gone(int number) {
    byte[] bytes = new byte[GpuUuid.BYTES];
    bytes[0] = (byte) number;
    return GpuUuid.of(bytes);
  }

  @Test
  void devicesThatAreHereStandForThemselves() throws Exception {
    standin.set("DEVICES", "2");
    Cuda cuda = standin.cuda();
    GpuUuid here = cuda.device(0).uuid();
    GpuUuid next = cuda.device(1).uuid();
    assertEquals(List.of(), CudaRestore.pairs(cuda, facts(1, "Stand-in 0", here, next), List.of()));
    List<GpuPair> swapped = List.of(new GpuPair(here, next), new GpuPair(next, here));
    SnapfsException type =
        assertThrows(
            SnapfsException.class,
            () -> CudaRestore.pairs(cuda, facts(1, "Stand-in 0", here, next), swapped));
    assertTrue(type.getMessage().contains("must be of the same type"), type.getMessage());
  }

  @Test
  void devicesOfTheSameTypeStandForThoseThatAreMissing() throws Exception {
    standin.set("DEVICES", "2");
    Cuda cuda = standin.cuda();
    GpuUuid next = cuda.device(1).uuid();
    assertEquals(
        List.of(new GpuPair(gone(7), next)),
        CudaRestore.pairs(cuda, facts(1, "Stand-in 1", gone(7)), List.of()));
    assertEquals(
        List.of(new GpuPair(gone(7), next)),
        CudaRestore.pairs(
            cuda, facts(1, "Stand-in 1", gone(7)), List.of(new GpuPair(gone(7), next))));
    MissingException e =
        assertThrows(
            MissingException.class,
            () -> CudaRestore.pairs(cuda, facts(1, "Stand-in 1", gone(7), gone(8)), List.of()));
    assertTrue(e.getMessage().contains(gone(8).toString()), e.getMessage());
    assertTrue(e.getMessage().contains("--gpu-map"), e.getMessage());
    // One that was not used need not be here.
    CudaFacts unused =
        new CudaFacts(
            List.of(1),
            List.of(
                new CudaFacts.Device(next, 5, "Stand-in 1"),
                new CudaFacts.Device(gone(8), 0, "Stand-in 9")),
            "");
    assertEquals(List.of(new GpuPair(next, next)), CudaRestore.pairs(cuda, unused, List.of()));
  }

  @Test
  void whoLosesItsPlaceGetsTheFreeOne() throws Exception {
    standin.set("DEVICES", "2").set("NAME", "one type");
    Cuda cuda = standin.cuda();
    GpuUuid here = cuda.device(0).uuid();
    GpuUuid next = cuda.device(1).uuid();
    assertEquals(
        List.of(new GpuPair(here, next), new GpuPair(next, here)),
        CudaRestore.pairs(
            cuda, facts(1, "one type", here, next), List.of(new GpuPair(here, next))));
  }

  @Test
  void wishesThatMakeNoSenseAreRefused() throws Exception {
    Cuda cuda = standin.cuda();
    GpuUuid here = cuda.device(0).uuid();
    CudaFacts facts = facts(1, "Stand-in 0", gone(1));
    for (List<GpuPair> wrong :
        List.of(
            List.of(new GpuPair(here, here)),
            List.of(new GpuPair(gone(1), gone(2))),
            List.of(new GpuPair(gone(1), here), new GpuPair(gone(1), here)))) {
      assertThrows(SnapfsException.class, () -> CudaRestore.pairs(cuda, facts, wrong));
    }
    CudaFacts two = facts(1, "Stand-in 0", gone(1), gone(2));
    List<GpuPair> both = List.of(new GpuPair(gone(1), here), new GpuPair(gone(2), here));
    SnapfsException e =
        assertThrows(SnapfsException.class, () -> CudaRestore.pairs(cuda, two, both));
    assertTrue(e.getMessage().contains("two devices"), e.getMessage());
  }

  @Test
  void tooLittleMemoryIsFoundBefore() throws Exception {
    standin.set("MEMORY", String.valueOf(64 << 20));
    Cuda cuda = standin.cuda();
    CudaFacts fits = facts(64 << 20, "Stand-in 0", gone(1));
    List<GpuPair> pairs = CudaRestore.pairs(cuda, fits, List.of());
    CudaRestore.checkMemory(cuda, fits, pairs);
    CudaFacts tooMuch = facts((64 << 20) + 1, "Stand-in 0", gone(1));
    SnapfsException e =
        assertThrows(SnapfsException.class, () -> CudaRestore.checkMemory(cuda, tooMuch, pairs));
    assertTrue(e.getMessage().contains("has 67108864 bytes free"), e.getMessage());
  }

  @Test
  void aRestoreThatFailsSaysWhy() throws Exception {
    Cuda cuda = standin.cuda();
    try (CudaWorker worker = worker()) {
      CudaUsers users = CudaUsers.among(List.of(worker.pid()));
      CudaCheckpoint taken = CudaCheckpoint.take(cuda, users, LOCK_WITHIN);
      standin.set("MEMORY", "1");
      SnapfsException e = assertThrows(SnapfsException.class, taken::resume);
      assertTrue(e.getMessage().contains("CUDA_ERROR_OUT_OF_MEMORY"), e.getMessage());
      assertEquals(CheckpointState.FAILED, cuda.checkpoint().state(worker.pid()));
    }
  }

  @Test
  void factsThatCannotBeAreRefused() throws Exception {
    assertTrue(CudaFacts.of(Map.of()).isEmpty());
    CudaFacts facts = facts(1, "A|B;C", gone(1));
    assertEquals("A B C", CudaFacts.of(facts.provenance()).orElseThrow().devices().get(0).name());
    for (String[] wrong :
        new String[][] {
          {"cuda.pids", "0"},
          {"cuda.pids", ""},
          {"cuda.pids", "x"},
          {"cuda.devices", ""},
          {"cuda.devices", gone(1) + "|-1|n"},
          {"cuda.devices", gone(1) + "|1"},
          {"cuda.devices", "GPU-1|1|n"}
        }) {
      Map<String, String> provenance = new TreeMap<>(facts.provenance());
      provenance.put(wrong[0], wrong[1]);
      assertThrows(SnapfsException.class, () -> CudaFacts.of(provenance), wrong[1]);
    }
  }
}
