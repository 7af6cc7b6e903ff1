package io.snapfs.gms.wire;

import java.util.Map;

/** What a client asks. The names of types and fields are those of the protocol. */
public sealed interface Request {
  /** Most values that a request may have; real ones have less than ten. */
  int MOST_VALUES = 256;

  /** As it is sent. */
  Map<String, Object> message();

  /** The first of a connection: asks for the lock. Timeout null: wait for ever. */
  record Handshake(LockRequest lock, Long timeoutMillis) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message(
          "handshake_request", "lock_type", lock.text(), "timeout_ms", timeoutMillis);
    }
  }

  record Allocate(long size, String tag) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("allocate_request", "size", size, "tag", tag);
    }
  }

  /** The answer comes with a descriptor. */
  record Export(String id) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("export_allocation_request", "allocation_id", id);
    }
  }

  record GetAllocation(String id) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_allocation_request", "allocation_id", id);
    }
  }

  /** Tag null: all. */
  record ListAllocations(String tag) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("list_allocations_request", "tag", tag);
    }
  }

  record Free(String id) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("free_allocation_request", "allocation_id", id);
    }
  }

  /** Publishes layout and contents; the connection is over then. */
  record Commit() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("commit_request");
    }
  }

  /** Seals the layout; the contents are still to come. */
  record CommitLayout() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("commit_layout_request");
    }
  }

  record GetLockState() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_lock_state_request");
    }
  }

  record GetAllocationState() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_allocation_state_request");
    }
  }

  record PutMetadata(String key, Metadata metadata) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message(
          "metadata_put_request",
          "key",
          key,
          "allocation_id",
          metadata.allocationId(),
          "offset_bytes",
          metadata.offset(),
          "value",
          metadata.value());
    }
  }

  record GetMetadata(String key) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_get_request", "key", key);
    }
  }

  record DeleteMetadata(String key) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_delete_request", "key", key);
    }
  }

  record ListMetadata(String prefix) implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("metadata_list_request", "prefix", prefix);
    }
  }

  record GetLayoutHash() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_memory_layout_hash_request");
    }
  }

  /** May be the first of a connection, which then holds no lock. */
  record GetRuntimeState() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_runtime_state_request");
    }
  }

  /** May be the first of a connection, which then holds no lock. */
  record GetEventHistory() implements Request {
    @Override
    public Map<String, Object> message() {
      return Fields.message("get_event_history_request");
    }
  }

  /** From a message that came. */
  static Request of(Map<String, Object> message) throws WireException {
    Fields fields = Fields.of(message);
    return switch (fields.type()) {
      case "handshake_request" ->
          new Handshake(
              LockRequest.of(fields.text("lock_type")), fields.numberOrNull("timeout_ms"));
      case "allocate_request" -> new Allocate(fields.number("size"), fields.text("tag", "default"));
      case "export_allocation_request" -> new Export(fields.text("allocation_id"));
      case "get_allocation_request" -> new GetAllocation(fields.text("allocation_id"));
      case "list_allocations_request" -> new ListAllocations(fields.textOrNull("tag"));
      case "free_allocation_request" -> new Free(fields.text("allocation_id"));
      case "commit_request" -> new Commit();
      case "commit_layout_request" -> new CommitLayout();
      case "get_lock_state_request" -> new GetLockState();
      case "get_allocation_state_request" -> new GetAllocationState();
      case "metadata_put_request" ->
          new PutMetadata(
              fields.text("key"),
              new Metadata(
                  fields.text("allocation_id"),
                  fields.number("offset_bytes"),
                  fields.bytes("value")));
      case "metadata_get_request" -> new GetMetadata(fields.text("key"));
      case "metadata_delete_request" -> new DeleteMetadata(fields.text("key"));
      case "metadata_list_request" -> new ListMetadata(fields.text("prefix", ""));
      case "get_memory_layout_hash_request" -> new GetLayoutHash();
      case "get_runtime_state_request" -> new GetRuntimeState();
      case "get_event_history_request" -> new GetEventHistory();
      default -> throw new WireException("'" + fields.type() + "' is no request");
    };
  }
}
