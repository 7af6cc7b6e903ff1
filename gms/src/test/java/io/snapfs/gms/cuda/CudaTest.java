package io.snapfs.gms.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.gms.CudaWorker;
import io.snapfs.gms.StandinCuda;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.Fd;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each binding by its effect, on the stand-in. */
class CudaTest {
  private static final int SIZE = 4 << 20;

  @TempDir Path folder;
  private StandinCuda standin;

  @BeforeEach
  void load() throws Exception {
    standin = StandinCuda.in(folder);
  }

  @Test
  void absentDriverIsAnAnswer() {
    Cuda.Availability found = Cuda.find(folder.resolve("none.so").toString());
    assertFalse(found.isAvailable());
    MissingException e = assertThrows(MissingException.class, () -> found.require("to test"));
    assertTrue(e.getMessage().startsWith("a CUDA device is needed to test: "), e.getMessage());
    assertTrue(e.getMessage().contains("none.so"), e.getMessage());
    assertTrue(e.getMessage().contains("install the NVIDIA driver"), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void libraryThatIsNoDriverIsAnAnswer() {
    Cuda.Availability found = Cuda.find("libc.so.6");
    assertFalse(found.isAvailable());
    assertTrue(found.reason().contains("libc.so.6"), found.reason());
  }

  @Test
  void noDeviceIsAnAnswer() {
    standin.set("DEVICES", "0");
    Cuda.Availability found = standin.find();
    assertFalse(found.isAvailable());
    assertTrue(found.reason().contains("CUDA_ERROR_NO_DEVICE"), found.reason());
  }

  @Test
  void failureToInitialiseIsAnAnswer() {
    standin.set("FAIL", "cuInit:999");
    assertEquals("cuInit: CUDA_ERROR_UNKNOWN (999: unknown error)", standin.find().reason());
  }

  @Test
  void driverThatIsTooOldForCheckpoints() throws Exception {
    standin.set("DRIVER", "12040");
    Cuda cuda = standin.cuda();
    assertEquals("12.4", cuda.version());
    SnapfsException e = assertThrows(SnapfsException.class, cuda::checkpoint);
    assertTrue(e.getMessage().contains("CUDA 12.4"), e.getMessage());
    assertTrue(e.getMessage().contains("driver 570"), e.getMessage());
  }

  @Test
  void devices() throws Exception {
    standin.set("DEVICES", "2").set("MEMORY", String.valueOf(1L << 30)).set("UUID", "18");
    Cuda cuda = standin.cuda();
    assertEquals("13.0", cuda.version());
    assertEquals(2, cuda.devices().size());
    CudaDevice device = cuda.device(1);
    assertEquals(1, device.ordinal());
    assertEquals("Stand-in 1", device.name());
    assertEquals("GPU-125a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a01", device.uuid().toString());
    assertEquals(1L << 30, device.totalBytes());
    assertEquals(device, cuda.device(device.uuid()).orElseThrow());
    assertEquals(device.uuid(), GpuUuid.parse(" gpu-125A5A5A-5a5a-5a5a-5a5a-5a5a5a5a5a01"));
    assertThrows(IllegalArgumentException.class, () -> GpuUuid.parse("GPU-125a"));
    GpuPair pair = GpuPair.parse(GpuPair.EXAMPLE);
    assertEquals(GpuPair.EXAMPLE, pair.toString());
    assertThrows(IllegalArgumentException.class, () -> GpuPair.parse(pair.from().toString()));
    MissingException e = assertThrows(MissingException.class, () -> cuda.device(2));
    assertEquals("there is no device 2: this process sees devices 0 to 1", e.getMessage());
  }

  @Test
  void memoryTravelsToAnotherHandleAndMapsThere() throws Exception {
    CudaDevice device = standin.cuda().device(0);
    assertEquals(2 << 20, DeviceMemory.granularity(device));
    Fd[] pair = UnixSockets.pair();
    try (CudaContext context = device.openContext();
        NativeMemory host = NativeMemory.allocate(SIZE);
        DeviceMemory memory = DeviceMemory.create(device, SIZE);
        AddressRange range = AddressRange.reserve(device, 2 * SIZE, 0);
        Fd there = pair[0];
        Fd here = pair[1]) {
      assertEquals(device.totalBytes() - SIZE, context.memory().freeBytes());
      range.map(SIZE, memory, AddressRange.Access.READ_WRITE);
      ByteBuffer bytes = host.slice(0, SIZE);
      bytes.putLong(0, 4711).putLong(SIZE - 8, 815);
      context.copyToDevice(range.address() + SIZE, host.address(), SIZE);

      SocketMessage message = new SocketMessage(8);
      try (Fd exported = memory.export()) {
        message.send(there, 0, 1, exported);
      }
      SocketMessage received = new SocketMessage(8);
      received.receive(here, 0, 8);
      try (Fd fd = received.takeFds().get(0);
          DeviceMemory imported = DeviceMemory.importFrom(device, fd, SIZE);
          AddressRange other = AddressRange.reserve(device, SIZE, 0)) {
        other.map(0, imported, AddressRange.Access.READ);
        bytes.putLong(0, 0).putLong(SIZE - 8, 0);
        context.copyToHost(host.address(), other.address(), SIZE);
        assertEquals(4711, bytes.getLong(0));
        assertEquals(815, bytes.getLong(SIZE - 8));
        CudaException e =
            assertThrows(
                CudaException.class,
                () -> context.copyToDevice(other.address(), host.address(), 8));
        assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", e.errorName());
        other.setAccess(0, SIZE, AddressRange.Access.READ_WRITE);
        bytes.putLong(0, 12);
        context.copyToDevice(other.address(), host.address(), 8);
        bytes.putLong(0, 0);
        context.copyToHost(host.address(), range.address() + SIZE, 8);
        assertEquals(12, bytes.getLong(0));
      }
    }
  }

  @Test
  void addressesStayWhenNothingIsMapped() throws Exception {
    CudaDevice device = standin.cuda().device(0);
    try (CudaContext context = device.openContext();
        NativeMemory host = NativeMemory.allocate(8)) {
      long address;
      try (AddressRange range = AddressRange.reserve(device, SIZE, 0)) {
        address = range.address();
        try (DeviceMemory memory = DeviceMemory.create(device, SIZE)) {
          range.map(0, memory, AddressRange.Access.READ_WRITE);
        }
        context.copyToDevice(address, host.address(), 8);
        range.unmapAll();
        assertThrows(CudaException.class, () -> context.copyToDevice(address, host.address(), 8));
        assertEquals(device.totalBytes(), context.memory().freeBytes());
        CudaException taken =
            assertThrows(CudaException.class, () -> AddressRange.reserve(device, SIZE, address));
        assertTrue(taken.getMessage().contains("which is taken"), taken.getMessage());
      }
      try (AddressRange again = AddressRange.reserve(device, SIZE, address)) {
        assertEquals(address, again.address());
      }
    }
  }

  @Test
  void outOfMemoryIsNamed() throws Exception {
    standin.set("MEMORY", String.valueOf(SIZE));
    CudaDevice device = standin.cuda().device(0);
    CudaException e =
        assertThrows(CudaException.class, () -> DeviceMemory.create(device, 2 * SIZE).close());
    assertTrue(e.is(CudaException.OUT_OF_MEMORY));
    assertEquals(
        "cuMemCreate of 8388608 bytes on device 0 ("
            + device.uuid()
            + "):"
            + " CUDA_ERROR_OUT_OF_MEMORY (2: out of memory)",
        e.getMessage());
  }

  @Test
  void onlyTheCallThatIsToFailFails() throws Exception {
    CudaDevice device = standin.cuda().device(0);
    standin.set("FAIL", "cuMemCreate:2:2");
    DeviceMemory.create(device, SIZE).close();
    assertThrows(CudaException.class, () -> DeviceMemory.create(device, SIZE).close());
    DeviceMemory.create(device, SIZE).close();
  }

  @Test
  void copiesAreInFlightUntilTheirEventIsDone() throws Exception {
    CudaDevice device = standin.cuda().device(0);
    try (CudaContext context = device.openContext();
        PinnedMemory pinned = PinnedMemory.allocate(context, SIZE);
        DeviceMemory memory = DeviceMemory.create(device, SIZE);
        AddressRange range = AddressRange.reserve(device, SIZE, 0);
        CudaStream stream = context.createStream();
        CudaStream second = context.createStream();
        CudaEvent before = context.createEvent(true);
        CudaEvent after = context.createEvent(true)) {
      range.map(0, memory, AddressRange.Access.READ_WRITE);
      assertTrue(after.isDone());
      standin.set("DELAY_US", "20000");
      pinned.slice(0, 8).putLong(0, 77);
      before.record(stream);
      stream.copyToDevice(range.address(), pinned.address(), SIZE / 2);
      after.record(stream);
      second.await(after);
      second.copyToHost(pinned.address() + SIZE / 2, range.address(), 8);
      assertFalse(after.isDone());
      after.synchronize();
      assertTrue(after.isDone());
      assertTrue(after.millisSince(before) >= 20);
      second.synchronize();
      assertEquals(77, pinned.slice(SIZE / 2, 8).getLong(0));
      context.synchronize();
    }
  }

  @Test
  void pinsMemoryThatIsThere() throws Exception {
    try (CudaContext context = standin.cuda().device(0).openContext();
        NativeMemory host = NativeMemory.allocate(SIZE)) {
      try (PinnedMemory pinned = PinnedMemory.register(context, host)) {
        assertEquals(host.address(), pinned.address());
        CudaException e =
            assertThrows(CudaException.class, () -> PinnedMemory.register(context, host).close());
        assertEquals("CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", e.errorName());
      }
      PinnedMemory.register(context, host).close();
    }
  }

  @Test
  void everyThreadHasTheContextThatItNeeds() throws Exception {
    standin.set("DEVICES", "2").set("MEMORY", String.valueOf(8 * SIZE));
    Cuda cuda = standin.cuda();
    try (CudaContext first = cuda.device(0).openContext();
        CudaContext second = cuda.device(1).openContext();
        DeviceMemory memory = DeviceMemory.create(cuda.device(1), SIZE)) {
      assertEquals(8 * SIZE, first.memory().freeBytes());
      assertEquals(7 * SIZE, second.memory().freeBytes());
      long[] seen = new long[2];
      Thread other =
          new Thread(
              () -> {
                try {
                  seen[0] = second.memory().freeBytes();
                  seen[1] = first.memory().freeBytes();
                } catch (CudaException e) {
                  seen[0] = -1;
                }
              });
      other.start();
      other.join();
      assertEquals(7 * SIZE, seen[0]);
      assertEquals(8 * SIZE, seen[1]);
      assertEquals(SIZE, memory.size());
    }
    try (CudaContext again = cuda.device(0).openContext()) {
      assertEquals(8 * SIZE, again.memory().freeBytes());
    }
  }

  @Test
  void checkpointsAnotherProcess() throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    standin.set("STATE", state.toString());
    Cuda cuda = standin.cuda();
    CheckpointApi api = cuda.checkpoint();
    try (CudaWorker worker = CudaWorker.start(standin.library(), state)) {
      int pid = worker.pid();
      assertEquals(CheckpointState.RUNNING, api.state(pid));
      CudaException e = assertThrows(CudaException.class, () -> api.checkpoint(pid));
      assertTrue(e.is(CudaException.ILLEGAL_STATE));
      assertTrue(e.getMessage().contains("of process " + pid), e.getMessage());
      try (CudaContext context = cuda.device(0).openContext()) {
        long free = context.memory().freeBytes();
        api.lock(pid, Duration.ofSeconds(10));
        assertEquals(CheckpointState.LOCKED, api.state(pid));
        api.checkpoint(pid);
        assertEquals(CheckpointState.CHECKPOINTED, api.state(pid));
        assertEquals(free + CudaWorker.DEVICE_BYTES, context.memory().freeBytes());
        GpuUuid uuid = cuda.device(0).uuid();
        api.restore(pid, List.of(new GpuPair(uuid, uuid)));
        assertEquals(CheckpointState.LOCKED, api.state(pid));
        assertEquals(free, context.memory().freeBytes());
      }
      api.unlock(pid);
      assertEquals(CheckpointState.RUNNING, api.state(pid));
    }
  }

  @Test
  void aProcessThatNeverUsedTheDriverHasNoState() throws Exception {
    standin.set("STATE", folder.toString());
    CheckpointApi api = standin.cuda().checkpoint();
    Process child = new ProcessBuilder("sleep", "600").start();
    try {
      assertThrows(CudaException.class, () -> api.state((int) child.pid()));
    } finally {
      child.destroyForcibly();
      assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void restoreNeedsADeviceThatIsThere() throws Exception {
    Path state = Files.createDirectory(folder.resolve("state"));
    standin.set("STATE", state.toString());
    Cuda cuda = standin.cuda();
    CheckpointApi api = cuda.checkpoint();
    try (CudaWorker worker = CudaWorker.start(standin.library(), state)) {
      api.lock(worker.pid(), Duration.ofSeconds(10));
      api.checkpoint(worker.pid());
      GpuUuid unknown = GpuUuid.of(new byte[16]);
      GpuPair wrong = new GpuPair(cuda.device(0).uuid(), unknown);
      assertThrows(CudaException.class, () -> api.restore(worker.pid(), List.of(wrong)));
      api.restore(worker.pid(), List.of());
      assertEquals(CheckpointState.LOCKED, api.state(worker.pid()));
    }
  }

  @Test
  void addressesOfBuffersAreNeededDirect() {
    assertThrows(IllegalArgumentException.class, () -> Addresses.of(ByteBuffer.allocate(8)));
  }
}
