package io.snapfs.gms.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.Fd;
import io.snapfs.linux.MemFd;
import io.snapfs.linux.SocketMessage;
import io.snapfs.linux.UnixSockets;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bytes on the wire, written by hand here, and what is none of the protocol. */
class WireTest {
  private Fd there;
  private WireChannel channel;

  @BeforeEach
  void connect() throws IOException {
    Fd[] pair = UnixSockets.pair();
    there = pair[0];
    channel = new WireChannel(pair[1]);
  }

  @AfterEach
  void close() {
    channel.close();
    there.close();
  }

  private void sendRaw(byte[] bytes, Fd... fds) throws IOException {
    SocketMessage message = new SocketMessage(bytes.length);
    message.data().put(0, bytes);
    assertEquals(bytes.length, message.send(there, 0, bytes.length, fds));
  }

  private void sendFrame(byte[] payload, Fd... fds) throws IOException {
    sendRaw(
        ByteBuffer.allocate(4 + payload.length).putInt(payload.length).put(payload).array(), fds);
  }

  private byte[] receiveRaw() throws IOException {
    SocketMessage message = new SocketMessage(1 << 16);
    byte[] bytes = new byte[message.receive(there, 0, 1 << 16)];
    message.data().get(0, bytes);
    message.takeFds().forEach(Fd::close);
    return bytes;
  }

  /** MessagePack written by hand: {@code "text"}, numbers below 128, and hexadecimal bytes. */
  private static byte[] pack(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertTrue(bytes.length < 32);
        out.write(0xa0 | bytes.length);
        out.writeBytes(bytes);
      } else if (part instanceof Integer number) {
        out.write(number);
      } else {
        out.writeBytes((byte[]) part);
      }
    }
    return out.toByteArray();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static final int MAP = 0x80;
  private static final int LIST = 0x90;
  private static final int NIL = 0xc0;
  private static final int TRUE = 0xc3;

  @Test
  void requestsAsExistingClientsWriteThem() throws IOException {
    sendFrame(pack(MAP | 3, "type", "handshake_request", "lock_type", "rw", "timeout_ms", NIL));
    assertEquals(new Request.Handshake(LockRequest.RW, null), channel.receiveRequest());
    sendFrame(
        pack(
            MAP | 3,
            "timeout_ms",
            hex("cd03e8"),
            "lock_type",
            "rw_or_ro",
            "type",
            "handshake_request"));
    assertEquals(new Request.Handshake(LockRequest.AUTO, 1000L), channel.receiveRequest());
    sendFrame(pack(MAP | 2, "type", "handshake_request", "lock_type", "ro"));
    assertEquals(new Request.Handshake(LockRequest.RO, null), channel.receiveRequest());
    sendFrame(
        pack(MAP | 3, "type", "allocate_request", "size", hex("cf0000000280000000"), "tag", "w"));
    assertEquals(new Request.Allocate(10L << 30, "w"), channel.receiveRequest());
    sendFrame(pack(MAP | 2, "type", "allocate_request", "size", 7));
    assertEquals(new Request.Allocate(7, "default"), channel.receiveRequest());
    sendFrame(
        pack(
            MAP | 5,
            "type",
            "metadata_put_request",
            "key",
            "k",
            "allocation_id",
            "a",
            "offset_bytes",
            5,
            "value",
            hex("c403000102")));
    Request.PutMetadata put = (Request.PutMetadata) channel.receiveRequest();
    assertEquals("k", put.key());
    assertEquals("a", put.metadata().allocationId());
    assertEquals(5, put.metadata().offset());
    assertArrayEquals(new byte[] {0, 1, 2}, put.metadata().value());
    sendFrame(pack(MAP | 2, "type", "commit_request", "new_field", LIST | 1, NIL));
    assertEquals(new Request.Commit(), channel.receiveRequest());
  }

  @Test
  void answersAsExistingClientsReadThem() throws IOException {
    channel.send(new Response.Handshake(true, false, LockType.RW), null);
    byte[] payload =
        pack(
            MAP | 4,
            "type",
            "handshake_response",
            "success",
            TRUE,
            "committed",
            0xc2,
            "granted_lock_type",
            "rw");
    byte[] frame = receiveRaw();
    assertArrayEquals(new byte[] {0, 0, 0, (byte) payload.length}, Arrays.copyOf(frame, 4));
    assertArrayEquals(payload, Arrays.copyOfRange(frame, 4, frame.length));
    channel.send(
        new Response.ListAllocations(List.of(new Allocation("a", 1, 2 << 20, "t", 3))), null);
    frame = receiveRaw();
    assertArrayEquals(
        pack(
            MAP | 2,
            "type",
            "list_allocations_response",
            "allocations",
            LIST | 1,
            MAP | 6,
            "type",
            "get_allocation_response",
            "allocation_id",
            "a",
            "size",
            1,
            "aligned_size",
            hex("ce00200000"),
            "tag",
            "t",
            "layout_slot",
            3),
        Arrays.copyOfRange(frame, 4, frame.length));
    channel.send(new Response.GetEventHistory(List.of(new Event("committed", 0))), null);
    frame = receiveRaw();
    assertArrayEquals(
        pack(
            MAP | 2,
            "type",
            "get_event_history_response",
            "events",
            LIST | 1,
            MAP | 2,
            "kind",
            "committed",
            "allocation_count",
            0),
        Arrays.copyOfRange(frame, 4, frame.length));
    channel.send(new Response.GetMetadata(null), null);
    frame = receiveRaw();
    assertArrayEquals(
        pack(
            MAP | 5,
            "type",
            "metadata_get_response",
            "found",
            0xc2,
            "allocation_id",
            NIL,
            "offset_bytes",
            NIL,
            "value",
            NIL),
        Arrays.copyOfRange(frame, 4, frame.length));
  }

  @Test
  void whatIsSentIsWhatIsReceived() throws IOException {
    List<Request> requests =
        List.of(
            new Request.Handshake(LockRequest.RW_DATA, 5L),
            new Request.Allocate(1L << 40, "x"),
            new Request.Export("a"),
            new Request.GetAllocation("a"),
            new Request.ListAllocations(null),
            new Request.ListAllocations("t"),
            new Request.Free("a"),
            new Request.Commit(),
            new Request.CommitLayout(),
            new Request.GetLockState(),
            new Request.GetAllocationState(),
            new Request.GetMetadata("schlüssel"),
            new Request.DeleteMetadata("k"),
            new Request.ListMetadata("p"),
            new Request.GetLayoutHash(),
            new Request.GetRuntimeState(),
            new Request.GetEventHistory());
    for (Request each : requests) {
      assertEquals(each, Request.of(Packed.read(Packed.write(each.message()), 256)));
    }
    LockState state = new LockState("RO", false, 2, 1, true, true, true);
    Allocation allocation = new Allocation("a", 5, 2 << 20, "t", 0);
    List<Response> answers =
        List.of(
            new Response.Failure("no", 3),
            new Response.Handshake(false, true, null),
            new Response.Allocate("a", 5, 2 << 20, 0),
            new Response.Export(allocation),
            new Response.GetAllocation(allocation),
            new Response.ListAllocations(List.of(allocation, allocation)),
            new Response.Free(true),
            new Response.Commit(true),
            new Response.CommitLayout(true, "00", LockType.RW_DATA),
            new Response.GetLockState(state),
            new Response.GetAllocationState(7),
            new Response.PutMetadata(true),
            new Response.DeleteMetadata(false),
            new Response.ListMetadata(List.of("a", "b")),
            new Response.GetLayoutHash(""),
            new Response.GetRuntimeState(state, 2, "00"),
            new Response.GetEventHistory(List.of(new Event("rw_aborted", 1))));
    for (Response each : answers) {
      assertEquals(each, Response.of(Packed.read(Packed.write(each.message()), 256)));
    }
  }

  @Test
  void descriptorsGoAlong() throws IOException {
    try (Fd file = MemFd.create("test")) {
      sendFrame(pack(MAP | 1, "type", "commit_request"), file, file);
      channel.receiveRequest();
      Fd taken = channel.takeFd();
      assertNotNull(taken);
      taken.close();
      assertNull(channel.takeFd());
    }
  }

  @Test
  void longMessagesComeInPieces() throws Exception {
    byte[] value = new byte[3 << 20];
    new Random(7).nextBytes(value);
    Request.PutMetadata request = new Request.PutMetadata("k", new Metadata("a", 0, value));
    try (WireChannel other = new WireChannel(Fd.adopt(duplicate(), "duplicate"))) {
      Thread sender =
          new Thread(
              () -> {
                try {
                  other.send(request);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      sender.start();
      Request.PutMetadata received = (Request.PutMetadata) channel.receiveRequest();
      sender.join();
      assertArrayEquals(value, received.metadata().value());
    }
  }

  private int duplicate() throws IOException {
    SocketMessage message = new SocketMessage(1);
    Fd[] pair = UnixSockets.pair();
    try (Fd a = pair[0];
        Fd b = pair[1]) {
      message.send(a, 0, 1, there);
      message.receive(b, 0, 1);
      return adoptable(message.takeFds().get(0));
    }
  }

  private static int adoptable(Fd fd) {
    return fd.intValue(); // stays open: nobody closes that object
  }

  @Test
  void lengthsThatLieTakeNoMemory() throws IOException {
    sendRaw(hex("ffffffff"));
    WireException e = assertThrows(WireException.class, channel::receiveRequest);
    assertTrue(e.endsConnection());
    assertEquals("a frame of 4294967295 bytes is longer than 16777216", e.getMessage());
    for (String header : List.of("dbffffffff", "c6ffffffff", "ddffffffff", "dfffffffff")) {
      sendFrame(pack(MAP | 1, "type", hex(header)));
      WireException lie = assertThrows(WireException.class, channel::receiveRequest);
      assertFalse(lie.endsConnection());
    }
    byte[] announced = ByteBuffer.allocate(5).putInt(WireChannel.MOST_FRAME).array();
    sendRaw(announced);
    there.close();
    assertThrows(EOFException.class, channel::receiveRequest);
  }

  @Test
  void nestingAndNumberOfValuesAreBounded() throws IOException {
    byte[] deep = new byte[1 << 15];
    Arrays.fill(deep, (byte) 0x91);
    sendFrame(pack(MAP | 1, "type", deep));
    assertTrue(refused().contains("deep"));
    byte[] many = new byte[3 + 1000];
    System.arraycopy(hex("dc03e8"), 0, many, 0, 3);
    sendFrame(pack(MAP | 1, "type", many));
    assertTrue(refused().contains("too many values"));
  }

  private String refused() {
    return assertThrows(WireException.class, channel::receiveRequest).getMessage();
  }

  @Test
  void wrongTypesAreNamed() throws IOException {
    sendFrame(pack(MAP | 2, "type", "allocate_request", "size", "big"));
    assertEquals("allocate_request: field 'size' must be a whole number, not String", refused());
    sendFrame(pack(MAP | 2, "type", "allocate_request", "size", hex("cb3ff0000000000000")));
    assertEquals("allocate_request: field 'size' must be a whole number, not Double", refused());
    sendFrame(pack(MAP | 2, "type", "allocate_request", "size", hex("cfffffffffffffffff")));
    assertTrue(refused().startsWith("the message is not MessagePack"));
    sendFrame(pack(MAP | 1, "type", "allocate_request"));
    assertEquals("allocate_request: field 'size' is missing: it must be a whole number", refused());
    sendFrame(pack(MAP | 1, "type", "format_disk_request"));
    assertEquals("'format_disk_request' is no request", refused());
    sendFrame(pack(MAP | 2, "type", "handshake_request", "lock_type", "x"));
    assertEquals("'x' is no lock type: it is rw, rw_data, ro or auto", refused());
    sendFrame(pack(MAP | 1, "size", 1));
    assertEquals("the message has no type", refused());
    sendFrame(pack(LIST | 1, "type"));
    assertEquals("the message is not a map", refused());
    sendFrame(pack(MAP | 1, "type", "commit_request", "more"));
    assertTrue(refused().startsWith("the message ends at byte"));
    sendFrame(pack(MAP | 2, "type", "commit_request", "type", "commit_request"));
    assertEquals("field 'type' is there twice", refused());
    sendFrame(pack(MAP | 1, "type", hex("a2c328")));
    assertEquals("a text is not UTF-8", refused());
    sendFrame(new byte[0]);
    assertTrue(refused().startsWith("the message is not MessagePack"));
  }

  @Test
  void randomBytesAreRefused() throws IOException {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(200)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        bytes[0] = (byte) (MAP | 1 + random.nextInt(4));
      }
      sendFrame(bytes);
      assertThrows(WireException.class, channel::receiveRequest, "seed " + seed + ", " + i);
    }
  }
}
