package io.snapfs.gms.wire;

import java.util.Map;

/**
 * Who holds a service's memory.
 *
 * @param state EMPTY, RW, LAYOUT_COMMITTED, COMMITTED or RO
 * @param hasWriter whether a connection holds it for writing
 * @param readers how many hold it for reading
 * @param waitingWriters how many wait to write
 * @param committed whether there is something to read
 * @param ready whether it could be read now
 * @param layoutCommitted whether the layout outlives its writer
 */
public record LockState(
    String state,
    boolean hasWriter,
    int readers,
    int waitingWriters,
    boolean committed,
    boolean ready,
    boolean layoutCommitted) {

  static LockState of(Fields fields) throws WireException {
    return new LockState(
        fields.text("state"),
        fields.truth("has_rw_session"),
        fields.count("ro_session_count"),
        fields.count("waiting_writers"),
        fields.truth("committed"),
        fields.truth("is_ready"),
        fields.truth("layout_committed"));
  }

  void putInto(Map<String, Object> message) {
    message.put("state", state);
    message.put("has_rw_session", hasWriter);
    message.put("ro_session_count", readers);
    message.put("waiting_writers", waitingWriters);
    message.put("committed", committed);
    message.put("is_ready", ready);
    message.put("layout_committed", layoutCommitted);
  }
}
