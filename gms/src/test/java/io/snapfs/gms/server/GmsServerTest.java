package io.snapfs.gms.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.gms.StandinCuda;
import io.snapfs.gms.client.GmsClient;
import io.snapfs.gms.client.GmsException;
import io.snapfs.gms.client.MappedAllocation;
import io.snapfs.gms.cuda.AddressRange;
import io.snapfs.gms.cuda.CudaContext;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.wire.Allocation;
import io.snapfs.gms.wire.Event;
import io.snapfs.gms.wire.LockRequest;
import io.snapfs.gms.wire.LockState;
import io.snapfs.gms.wire.LockType;
import io.snapfs.gms.wire.Metadata;
import io.snapfs.gms.wire.Request;
import io.snapfs.gms.wire.Response;
import io.snapfs.gms.wire.SocketPath;
import io.snapfs.gms.wire.WireChannel;
import io.snapfs.linux.Fd;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.Open;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server on the stand-in, with clients of this process and of others that are killed. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class GmsServerTest {
  private static final long MIB = 1 << 20;
  private static final Duration NOW = Duration.ZERO;
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;
  private StandinCuda standin;
  private CudaDevice device;
  private GmsServer server;
  private Path socket;

  @BeforeEach
  void start() throws IOException {
    standin = StandinCuda.in(folder).set("MEMORY", String.valueOf(16 * MIB));
    device = standin.cuda().device(0);
    restart(new ServerOptions(Duration.ofMillis(20), null, 1024));
  }

  private void restart(ServerOptions options) throws IOException {
    if (server != null) {
      server.close();
    }
    server = GmsServer.start(device, "weights", folder.resolve("sockets"), options);
    socket = server.socket();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private GmsClient connect(LockRequest lock) throws IOException {
    return GmsClient.connect(socket, lock, NOW);
  }

  private LockState state() throws IOException {
    return GmsClient.runtimeState(socket).state();
  }

  /** Polls until a state is reached that will come; the test's time limit is the only deadline. */
  private void awaitState(Predicate<LockState> expected) throws Exception {
    while (!expected.test(state())) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void awaitState(String name) throws Exception {
    awaitState(state -> state.state().equals(name));
  }

  private long used() throws IOException {
    try (CudaContext context = device.openContext()) {
      return device.totalBytes() - context.memory().freeBytes();
    }
  }

  private static int code(IOException e) {
    return ((GmsException) e).code();
  }

  private String commitOne() throws IOException {
    try (GmsClient writer = connect(LockRequest.RW)) {
      Allocation made = writer.allocate(3 * MIB, "weights");
      writer.putMetadata("tensor", new Metadata(made.id(), 16, new byte[] {1, 2}));
      writer.commit();
      return made.id();
    }
  }

  private List<String> kinds() throws IOException {
    return GmsClient.events(socket).stream().map(Event::kind).toList();
  }

  @Test
  void socketIsForItsUserOnly() throws IOException {
    assertEquals("gms_" + device.uuid() + "_weights.sock", socket.getFileName().toString());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
    assertTrue(ServerSocket.isWelcome(0));
    assertFalse(ServerSocket.isWelcome(4711));
    server.close();
    assertFalse(Files.exists(socket));
    MissingException e = assertThrows(MissingException.class, () -> connect(LockRequest.RO));
    assertTrue(e.getMessage().contains("snapfs gms serve"), e.getMessage());
  }

  @Test
  void folderThatIsOpenToOthersIsRefused() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    SnapfsException e =
        assertThrows(
            SnapfsException.class,
            () -> GmsServer.start(device, "weights", open, ServerOptions.defaults()).close());
    assertTrue(e.getMessage().contains("is open to others (mode 777)"), e.getMessage());
  }

  @Test
  void socketThatIsServedIsLeftAlone() throws IOException {
    AlreadyExistsException e =
        assertThrows(
            AlreadyExistsException.class,
            () ->
                GmsServer.start(device, "weights", socket.getParent(), ServerOptions.defaults())
                    .close());
    assertTrue(e.getMessage().contains(socket + " already"), e.getMessage());
    assertEquals("EMPTY", state().state());
  }

  @Test
  void socketOfADeadServerIsReplaced() throws IOException {
    Path stale = SocketPath.of(socket.getParent(), device.uuid(), "kv_cache");
    try (Fd dir =
        Open.directory(Fd.CWD, socket.getParent().toString().getBytes(StandardCharsets.UTF_8))) {
      byte[] name = stale.getFileName().toString().getBytes(StandardCharsets.UTF_8);
      UnixSockets.listen(dir, name, 1).close();
    }
    try (GmsServer other =
        GmsServer.start(device, "kv_cache", socket.getParent(), ServerOptions.defaults())) {
      assertEquals("EMPTY", GmsClient.runtimeState(other.socket()).state().state());
    }
    Files.writeString(stale, "precious");
    SnapfsException e =
        assertThrows(
            SnapfsException.class,
            () ->
                GmsServer.start(device, "kv_cache", socket.getParent(), ServerOptions.defaults())
                    .close());
    assertTrue(e.getMessage().contains("is in the way"), e.getMessage());
    assertEquals("precious", Files.readString(stale));
  }

  @Test
  void whatAWriterCommitsReadersSee() throws Exception {
    String hash;
    try (CudaContext context = device.openContext();
        NativeMemory host = NativeMemory.allocate(8);
        GmsClient writer = connect(LockRequest.RW)) {
      assertEquals(LockType.RW, writer.lock());
      assertFalse(writer.wasCommitted());
      assertEquals("RW", writer.state().state());
      Allocation made = writer.allocate(3 * MIB, "weights");
      assertEquals(3 * MIB, made.size());
      assertEquals(4 * MIB, made.alignedSize());
      assertEquals(0, made.slot());
      assertEquals(1, writer.allocate(1, "other").slot());
      try (MappedAllocation mapped =
          MappedAllocation.map(writer, device, made, AddressRange.Access.READ_WRITE)) {
        host.slice(0, 8).putLong(0, 4711);
        context.copyToDevice(mapped.address() + 16, host.address(), 8);
      }
      writer.putMetadata("tensor", new Metadata(made.id(), 16, new byte[] {1, 2}));
      assertEquals("", writer.layoutHash());
      writer.commit();
    }
    assertEquals("COMMITTED", state().state());
    assertTrue(state().ready());
    try (CudaContext context = device.openContext();
        NativeMemory host = NativeMemory.allocate(8);
        GmsClient reader = connect(LockRequest.RO);
        GmsClient second = connect(LockRequest.AUTO)) {
      assertTrue(reader.wasCommitted());
      assertEquals(LockType.RO, second.lock());
      assertEquals(2, reader.state().readers());
      assertEquals("RO", reader.state().state());
      hash = reader.layoutHash();
      assertEquals(64, hash.length());
      List<Allocation> list = reader.list(null);
      assertEquals(2, list.size());
      assertEquals(List.of(list.get(1)), reader.list("other"));
      assertEquals(list.get(0), reader.get(list.get(0).id()));
      assertEquals(List.of("tensor"), reader.listMetadata(""));
      assertEquals(List.of("tensor"), reader.listMetadata("ten"));
      assertEquals(List.of(), reader.listMetadata("u"));
      Metadata metadata = reader.getMetadata("tensor").orElseThrow();
      assertArrayEquals(new byte[] {1, 2}, metadata.value());
      assertEquals(16, metadata.offset());
      assertTrue(reader.getMetadata("none").isEmpty());
      try (MappedAllocation mapped =
          MappedAllocation.map(reader, device, list.get(0), AddressRange.Access.READ)) {
        context.copyToHost(host.address(), mapped.address() + 16, 8);
        assertEquals(4711, host.slice(0, 8).getLong(0));
        assertThrows(
            IOException.class, () -> context.copyToDevice(mapped.address(), host.address(), 8));
      }
    }
    awaitState("COMMITTED");
    assertEquals(List.of("rw_connected", "committed"), kinds());
    Response.GetRuntimeState after = GmsClient.runtimeState(socket);
    assertEquals(hash, after.hash());
    assertEquals(2, after.allocations());
  }

  @Test
  void hashSaysWhetherTheLayoutIsTheSame() throws IOException {
    commitOne();
    String first = GmsClient.runtimeState(socket).hash();
    commitOne();
    assertEquals(first, GmsClient.runtimeState(socket).hash());
    try (GmsClient writer = connect(LockRequest.RW)) {
      writer.putMetadata(
          "tensor", new Metadata(writer.allocate(3 * MIB, "weights").id(), 17, new byte[] {1, 2}));
      writer.commit();
    }
    assertNotEquals(first, GmsClient.runtimeState(socket).hash());
  }

  @Test
  void aWriterClearsWhatWasThere() throws Exception {
    commitOne();
    try (GmsClient writer = connect(LockRequest.RW)) {
      assertEquals(List.of(), writer.list(null));
      assertEquals("", writer.layoutHash());
      assertEquals(0, used());
    }
    awaitState("EMPTY");
    assertEquals(
        List.of(
            "rw_connected",
            "committed",
            "allocations_cleared",
            "rw_connected",
            "rw_aborted",
            "allocations_cleared"),
        kinds());
  }

  @Test
  void freedMemoryGoesWithItsMetadata() throws IOException {
    try (GmsClient writer = connect(LockRequest.RW)) {
      Allocation made = writer.allocate(MIB, "weights");
      writer.putMetadata("a", new Metadata(made.id(), 0, new byte[1]));
      writer.putMetadata("b", new Metadata(made.id(), 1, new byte[1]));
      assertTrue(writer.deleteMetadata("b"));
      assertFalse(writer.deleteMetadata("b"));
      assertEquals(2 * MIB, used());
      assertTrue(writer.free(made));
      assertFalse(writer.free(made));
      assertEquals(List.of(), writer.listMetadata(""));
      assertEquals(0, used());
      IOException e = assertThrows(IOException.class, () -> writer.export(made));
      assertEquals(Response.Failure.NOT_FOUND, code(e));
      IOException outside =
          assertThrows(
              IOException.class,
              () -> writer.putMetadata("c", new Metadata(made.id(), 0, new byte[1])));
      assertEquals(Response.Failure.NOT_FOUND, code(outside));
      Allocation next = writer.allocate(MIB, "weights");
      for (long offset : new long[] {-1, 2 * MIB}) {
        IOException beyond =
            assertThrows(
                IOException.class,
                () -> writer.putMetadata("c", new Metadata(next.id(), offset, new byte[1])));
        assertEquals(Response.Failure.WRONG_REQUEST, code(beyond));
      }
    }
  }

  @Test
  void readersMayNotWrite() throws Exception {
    String id = commitOne();
    try (GmsClient reader = connect(LockRequest.RO)) {
      Allocation held = reader.get(id);
      List<org.junit.jupiter.api.function.Executable> forbidden =
          List.of(
              () -> reader.allocate(1, "t"),
              () -> reader.free(held),
              () -> reader.putMetadata("k", new Metadata(id, 0, new byte[1])),
              () -> reader.deleteMetadata("tensor"),
              reader::commitLayout,
              reader::commit);
      for (var each : forbidden) {
        assertEquals(Response.Failure.WRONG_LOCK, code(assertThrows(GmsException.class, each)));
      }
      assertEquals(List.of("tensor"), reader.listMetadata(""));
    }
    awaitState("COMMITTED");
  }

  @Test
  void locksThatAreTakenAreWaitedFor() throws Exception {
    assertEquals(
        GmsException.LOCK_TIMEOUT,
        code(assertThrows(GmsException.class, () -> connect(LockRequest.RO))));
    CompletableFuture<GmsClient> reader;
    try (GmsClient writer = connect(LockRequest.AUTO)) {
      assertEquals(LockType.RW, writer.lock());
      assertEquals(
          GmsException.LOCK_TIMEOUT,
          code(assertThrows(GmsException.class, () -> connect(LockRequest.RW))));
      reader = later(LockRequest.RO);
      writer.commit();
    }
    CompletableFuture<GmsClient> next;
    try (GmsClient first = reader.get()) {
      assertEquals(LockType.RO, first.lock());
      next = later(LockRequest.RW);
      awaitState(state -> state.waitingWriters() == 1);
      // Readers that come later wait behind the writer.
      assertEquals(
          GmsException.LOCK_TIMEOUT,
          code(assertThrows(GmsException.class, () -> connect(LockRequest.RO))));
    }
    try (GmsClient writer = next.get()) {
      assertEquals(LockType.RW, writer.lock());
      assertEquals(0, state().waitingWriters());
    }
  }

  private CompletableFuture<GmsClient> later(LockRequest lock) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return GmsClient.connect(socket, lock, LONG);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void sealedLayoutOutlivesItsWriter() throws Exception {
    String id;
    String hash;
    try (GmsClient writer = connect(LockRequest.RW)) {
      id = writer.allocate(MIB, "kv").id();
      hash = writer.commitLayout();
      assertEquals(LockType.RW_DATA, writer.lock());
      assertEquals("RW", state().state());
      assertTrue(state().layoutCommitted());
      assertEquals(
          Response.Failure.WRONG_LOCK,
          code(assertThrows(GmsException.class, () -> writer.allocate(1, "t"))));
    }
    awaitState("LAYOUT_COMMITTED");
    assertFalse(state().committed());
    try (GmsClient writer = connect(LockRequest.RW_DATA)) {
      assertEquals(hash, writer.layoutHash());
      assertEquals(id, writer.list(null).get(0).id());
      writer.commit();
    }
    assertEquals("COMMITTED", state().state());
  }

  @Test
  void memoryThatIsNotThereIsWaitedFor() throws Exception {
    Path other = folder.resolve("other");
    try (GmsServer neighbour =
            GmsServer.start(device, "kv_cache", other, ServerOptions.defaults());
        GmsClient holder = GmsClient.connect(neighbour.socket(), LockRequest.RW, NOW)) {
      Allocation held = holder.allocate(12 * MIB, "kv");
      try (GmsClient writer = connect(LockRequest.RW)) {
        CompletableFuture<Allocation> made =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return writer.allocate(8 * MIB, "weights");
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        while (!kinds().contains("allocation_oom")) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
        assertFalse(made.isDone());
        holder.free(held);
        assertEquals(8 * MIB, made.get().size());
        GmsException e =
            assertThrows(GmsException.class, () -> writer.allocate(17 * MIB, "weights"));
        assertEquals(Response.Failure.WRONG_REQUEST, e.code());
      }
    }
  }

  @Test
  void waitingForMemoryEnds() throws IOException {
    restart(new ServerOptions(Duration.ofMillis(1), Duration.ofMillis(5), 1024));
    try (GmsClient writer = connect(LockRequest.RW)) {
      writer.allocate(12 * MIB, "weights");
      GmsException e = assertThrows(GmsException.class, () -> writer.allocate(8 * MIB, "weights"));
      assertEquals(Response.Failure.OUT_OF_MEMORY, e.code());
      assertTrue(e.getMessage().contains("CUDA_ERROR_OUT_OF_MEMORY"), e.getMessage());
      assertEquals(1, writer.list(null).size());
    }
  }

  @Test
  void otherFailuresOfTheDriverAreAnswered() throws IOException {
    try (GmsClient writer = connect(LockRequest.RW)) {
      standin.set("FAIL", "cuMemCreate:999,cuMemExportToShareableHandle:999:1");
      GmsException e = assertThrows(GmsException.class, () -> writer.allocate(1, "weights"));
      assertEquals(Response.Failure.SERVICE, e.code());
      standin.set("FAIL", "cuMemExportToShareableHandle:999:1");
      Allocation made = writer.allocate(1, "weights");
      assertThrows(GmsException.class, () -> writer.export(made));
      writer.export(made).close();
    }
  }

  /** A reader gets a descriptor that was made before it asked: the driver is not asked then. */
  @Test
  @Timeout(60)
  void whatIsCommittedIsExportedAhead() throws Exception {
    try (GmsClient writer = connect(LockRequest.RW)) {
      writer.allocate(1, "weights");
      writer.commit();
    }
    boolean exported = false;
    while (!exported) { // the server does it when it has answered
      TimeUnit.MILLISECONDS.sleep(1);
      try (GmsClient reader = connect(LockRequest.RO)) {
        standin.set("FAIL", "cuMemExportToShareableHandle:999");
        reader.export(reader.list(null).get(0)).close();
        exported = true;
        assertThrows(GmsException.class, () -> reader.export(reader.list(null).get(0)));
      } catch (GmsException e) {
        assertEquals(Response.Failure.SERVICE, e.code());
      } finally {
        standin.set("FAIL", null);
      }
    }
  }

  @Test
  void killedWritersFreeAndCommittedOnesDoNot() throws Exception {
    try (ClientProcess writer =
        ClientProcess.start(socket, LockRequest.RW, "allocate", "metadata")) {
      writer.await("started");
      writer.await("connected");
      writer.await("allocate");
      writer.await("metadata");
      assertEquals(4 * MIB, used());
      writer.kill();
    }
    awaitState("EMPTY");
    assertEquals(0, used());
    try (ClientProcess writer =
        ClientProcess.start(socket, LockRequest.RW, "allocate", "metadata", "layout")) {
      for (String line : List.of("started", "connected", "allocate", "metadata", "layout")) {
        writer.await(line);
      }
      writer.kill();
    }
    awaitState("LAYOUT_COMMITTED");
    assertEquals(4 * MIB, used());
    try (ClientProcess writer = ClientProcess.start(socket, LockRequest.RW, "allocate", "commit")) {
      for (String line : List.of("started", "connected", "allocate", "commit")) {
        writer.await(line);
      }
      writer.kill();
    }
    assertEquals("COMMITTED", state().state());
    try (ClientProcess reader = ClientProcess.start(socket, LockRequest.RO)) {
      reader.await("started");
      reader.await("connected");
      assertEquals("RO", state().state());
      reader.kill();
    }
    awaitState("COMMITTED");
    assertEquals(4 * MIB, used());
  }

  @Test
  void aWriterThatIsKilledWhileItWaitsHoldsNobodyUp() throws Exception {
    commitOne();
    try (GmsClient reader = connect(LockRequest.RO);
        ClientProcess writer = ClientProcess.start(socket, LockRequest.RW)) {
      writer.await("started");
      awaitState(state -> state.waitingWriters() == 1);
      writer.kill();
      awaitState(state -> state.waitingWriters() == 0);
      connect(LockRequest.RO).close();
      assertEquals(1, reader.list(null).size());
    }
  }

  @Test
  void aWriterThatIsKilledWhileItWaitsForMemoryFrees() throws Exception {
    try (ClientProcess writer =
        ClientProcess.start(
            socket, LockRequest.RW, "allocate", "allocate", "allocate", "allocate", "allocate")) {
      writer.await("started");
      writer.await("connected");
      for (int i = 0; i < 4; i++) {
        writer.await("allocate");
      }
      while (!kinds().contains("allocation_oom")) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      writer.kill();
    }
    awaitState("EMPTY");
    assertEquals(0, used());
  }

  private WireChannel raw() throws IOException {
    try (Fd dir =
        Open.directory(Fd.CWD, socket.getParent().toString().getBytes(StandardCharsets.UTF_8))) {
      return new WireChannel(
          UnixSockets.connect(
              dir, socket.getFileName().toString().getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void sendRaw(WireChannel channel, int... bytes) throws IOException {
    SocketMessage message = new SocketMessage(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      message.data().put(i, (byte) bytes[i]);
    }
    message.send(channel.socket(), 0, bytes.length);
  }

  @Test
  void garbageInsteadOfAHandshakeIsSentAway() throws IOException {
    int[][] garbage = {
      {0xff, 0xff, 0xff, 0xff}, {0, 0, 0, 1, 0xc1}, {0, 0, 0, 0}, {0, 0, 0, 1, 0x80}
    };
    for (int[] bytes : garbage) {
      try (WireChannel channel = raw()) {
        sendRaw(channel, bytes);
        assertTrue(channel.receiveResponse() instanceof Response.Failure);
        assertThrows(EOFException.class, channel::receiveResponse);
      }
    }
    try (WireChannel channel = raw()) {
      channel.send(new Request.Commit());
      Response.Failure failure = (Response.Failure) channel.receiveResponse();
      assertEquals("the first message must be handshake_request", failure.error());
      assertThrows(EOFException.class, channel::receiveResponse);
    }
    raw().close();
    assertEquals("EMPTY", state().state());
  }

  @Test
  void garbageFromAWriterIsAnsweredAndAWrongLengthEndsIt() throws Exception {
    try (WireChannel channel = raw()) {
      channel.send(new Request.Handshake(LockRequest.RW, 0L));
      assertEquals(new Response.Handshake(true, false, LockType.RW), channel.receiveResponse());
      sendRaw(channel, 0, 0, 0, 1, 0xc1);
      assertTrue(channel.receiveResponse() instanceof Response.Failure);
      channel.send(new Request.Handshake(LockRequest.RW, 0L));
      assertTrue(channel.receiveResponse() instanceof Response.Failure);
      channel.send(new Request.Allocate(-5, "t"));
      assertTrue(channel.receiveResponse() instanceof Response.Failure);
      channel.send(new Request.Allocate(Long.MAX_VALUE, "t"));
      assertTrue(channel.receiveResponse() instanceof Response.Failure);
      channel.send(new Request.Allocate(5, "t"));
      assertTrue(channel.receiveResponse() instanceof Response.Allocate);
      assertEquals("RW", state().state());
      sendRaw(channel, 0xff, 0xff, 0xff, 0xff);
      assertTrue(channel.receiveResponse() instanceof Response.Failure);
      assertThrows(EOFException.class, channel::receiveResponse);
    }
    awaitState("EMPTY");
    assertEquals(0, used());
  }

  @Test
  void tooManyConnectionsAreSentAway() throws IOException {
    restart(new ServerOptions(Duration.ofMillis(20), null, 1));
    try (GmsClient writer = connect(LockRequest.RW)) {
      GmsException e = assertThrows(GmsException.class, () -> connect(LockRequest.RO));
      assertTrue(e.getMessage().contains("there are 1 connections already"), e.getMessage());
      assertEquals("RW", writer.state().state());
    }
  }

  @Test
  void whenTheServerEndsClientsAreTold() throws Exception {
    commitOne();
    try (GmsClient reader = connect(LockRequest.RO)) {
      CompletableFuture<GmsClient> waiting = later(LockRequest.RW);
      awaitState(state -> state.waitingWriters() == 1);
      server.close();
      assertThrows(ExecutionException.class, waiting::get);
      SnapfsException e = assertThrows(SnapfsException.class, () -> reader.list(null));
      assertTrue(e.getMessage().contains("has closed the connection"), e.getMessage());
    }
    assertEquals(0, used());
  }
}
