package io.snapfs.gms.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the service answers. The names of types and fields are those of the protocol. */
public sealed interface Response {
  /** Most values that an answer may have: a list of some hundred thousand allocations. */
  int MOST_VALUES = 4 << 20;

  /** As it is sent. */
  Map<String, Object> message();

  /** Anything wrong; the connection and its lock stay. */
  record Failure(String error, int code) implements Response {
    /** The request is none, or says something that can't be. */
    public static final int WRONG_REQUEST = 1;

    /** The connection's lock doesn't allow it. */
    public static final int WRONG_LOCK = 2;

    /** There is no such allocation. */
    public static final int NOT_FOUND = 3;

    /** The device's memory does not suffice. */
    public static final int OUT_OF_MEMORY = 4;

    /** The driver, or the service itself, has failed. */
    public static final int SERVICE = 5;

    @Override
    public Map<String, Object> message() {
      return Fields.message("error_response", "error", error, "code", code);
    }
  }

  /** Granted null: the time was up. */
  record Handshake(boolean success, boolean committed, LockType granted) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message(
          "handshake_response",
          "success",
          success,
          "committed",
          committed,
          "granted_lock_type",
          granted == null ? null : granted.text());
    }
  }

  /** Without the tag, which the client has said. */
  record Allocate(String id, long size, long alignedSize, int slot) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message(
          "allocate_response",
          "allocation_id",
          id,
          "size",
          size,
          "aligned_size",
          alignedSize,
          "layout_slot",
          slot);
    }
  }

  record Export(Allocation allocation) implements Response {
    @Override
    public Map<String, Object> message() {
      return allocation.message("export_allocation_response");
    }
  }

  record GetAllocation(Allocation allocation) implements Response {
    static final String TYPE = "get_allocation_response";

    @Override
    public Map<String, Object> message() {
      return allocation.message(TYPE);
    }
  }

  record ListAllocations(List<Allocation> allocations) implements Response {
    @Override
    public Map<String, Object> message() {
      List<Object> list = new ArrayList<>();
      for (Allocation each : allocations) {
        list.add(each.message(GetAllocation.TYPE));
      }
      return Fields.message("list_allocations_response", "allocations", list);
    }
  }

  record Free(boolean success) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("free_allocation_response", "success", success);
    }
  }

  record Commit(boolean success) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("commit_response", "success", success);
    }
  }

  record CommitLayout(boolean success, String hash, LockType granted) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message(
          "commit_layout_response",
          "success",
          success,
          "memory_layout_hash",
          hash,
          "granted_lock_type",
          granted == null ? null : granted.text());
    }
  }

  record GetLockState(LockState state) implements Response {
    @Override
    public Map<String, Object> message() {
      Map<String, Object> message = Fields.message("get_lock_state_response");
      state.putInto(message);
      return message;
    }
  }

  record GetAllocationState(int allocations) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_allocation_state_response", "allocation_count", allocations);
    }
  }

  record PutMetadata(boolean success) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_put_response", "success", success);
    }
  }

  /** Null if there is none. */
  record GetMetadata(Metadata metadata) implements Response {
    @Override
    public Map<String, Object> message() {
      boolean found = metadata != null;
      return Fields.message(
          "metadata_get_response",
          "found",
          found,
          "allocation_id",
          found ? metadata.allocationId() : null,
          "offset_bytes",
          found ? (Object) metadata.offset() : null,
          "value",
          found ? metadata.value() : null);
    }
  }

  record DeleteMetadata(boolean deleted) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_delete_response", "deleted", deleted);
    }
  }

  record ListMetadata(List<String> keys) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_list_response", "keys", keys);
    }
  }

  /** Empty if nothing is committed. */
  record GetLayoutHash(String hash) implements Response {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_memory_layout_hash_response", "memory_layout_hash", hash);
    }
  }

  record GetRuntimeState(LockState state, int allocations, String hash) implements Response {
    @Override
    public Map<String, Object> message() {
      Map<String, Object> message = Fields.message("get_runtime_state_response");
      state.putInto(message);
      message.put("allocation_count", allocations);
      message.put("memory_layout_hash", hash);
      return message;
    }
  }

  record GetEventHistory(List<Event> events) implements Response {
    @Override
    public Map<String, Object> message() {
      List<Object> list = new ArrayList<>();
      for (Event each : events) {
        list.add(Fields.untyped("kind", each.kind(), "allocation_count", each.allocations()));
      }
      return Fields.message("get_event_history_response", "events", list);
    }
  }

  /** From a message that came. */
  static Response of(Map<String, Object> message) throws WireException {
    Fields fields = Fields.of(message);
    return switch (fields.type()) {
      case "error_response" -> new Failure(fields.text("error"), (int) fields.number("code"));
      case "handshake_response" ->
          new Handshake(fields.truth("success"), fields.truth("committed"), granted(fields));
      case "allocate_response" ->
          new Allocate(
              fields.text("allocation_id"),
              fields.number("size"),
              fields.number("aligned_size"),
              fields.count("layout_slot"));
      case "export_allocation_response" -> new Export(Allocation.of(fields));
      case GetAllocation.TYPE -> new GetAllocation(Allocation.of(fields));
      case "list_allocations_response" -> new ListAllocations(allocations(fields));
      case "free_allocation_response" -> new Free(fields.truth("success"));
      case "commit_response" -> new Commit(fields.truth("success"));
      case "commit_layout_response" ->
          new CommitLayout(
              fields.truth("success"), fields.text("memory_layout_hash", ""), granted(fields));
      case "get_lock_state_response" -> new GetLockState(LockState.of(fields));
      case "get_allocation_state_response" ->
          new GetAllocationState(fields.count("allocation_count"));
      case "metadata_put_response" -> new PutMetadata(fields.truth("success"));
      case "metadata_get_response" -> new GetMetadata(metadata(fields));
      case "metadata_delete_response" -> new DeleteMetadata(fields.truth("deleted"));
      case "metadata_list_response" -> new ListMetadata(fields.texts("keys"));
      case "get_memory_layout_hash_response" ->
          new GetLayoutHash(fields.text("memory_layout_hash"));
      case "get_runtime_state_response" ->
          new GetRuntimeState(
              LockState.of(fields),
              fields.count("allocation_count"),
              fields.text("memory_layout_hash"));
      case "get_event_history_response" -> new GetEventHistory(events(fields));
      default -> throw new WireException("'" + fields.type() + "' is no answer");
    };
  }

  private static LockType granted(Fields fields) throws WireException {
    String text = fields.textOrNull("granted_lock_type");
    return text == null ? null : LockType.of(text);
  }

  private static List<Allocation> allocations(Fields fields) throws WireException {
    List<Allocation> list = new ArrayList<>();
    for (Fields each : fields.maps("allocations")) {
      list.add(Allocation.of(each));
    }
    return list;
  }

  private static List<Event> events(Fields fields) throws WireException {
    List<Event> list = new ArrayList<>();
    for (Fields each : fields.maps("events")) {
      list.add(new Event(each.text("kind"), each.count("allocation_count")));
    }
    return list;
  }

  private static Metadata metadata(Fields fields) throws WireException {
    return fields.truth("found")
        ? new Metadata(
            fields.text("allocation_id"), fields.number("offset_bytes"), fields.bytes("value"))
        : null;
  }
}
