package io.snapfs.gms.save;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.snapfs.gms.wire.Allocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Writes the two small files of the saved form. */
final class Descriptions {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String VERSION = "1.0";

  private Descriptions() {}

  /** Writes {@code manifest.json}. */
  static void manifest(Path file, CommittedWeights weights, Shards shards, int device)
      throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      out.writeStartObject();
      out.writeStringField("version", VERSION);
      out.writeNumberField("timestamp", Instant.now().toEpochMilli() / 1e3);
      out.writeStringField("layout_hash", weights.layoutHash());
      out.writeNumberField("device", device);
      out.writeArrayFieldStart("allocations");
      List<Allocation> allocations = weights.allocations();
      for (int i = 0; i < allocations.size(); i++) {
        out.writeStartObject();
        out.writeStringField("allocation_id", allocations.get(i).id());
        out.writeNumberField("size", allocations.get(i).size());
        out.writeNumberField("aligned_size", allocations.get(i).alignedSize());
        out.writeStringField("tag", allocations.get(i).tag());
        out.writeStringField("tensor_file", shards.pathOf(i));
        out.writeNumberField("tensor_offset", shards.offsetOf(i));
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  /** Writes {@code gms_metadata.json}. */
  static void metadata(Path file, CommittedWeights weights) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      out.writeStartObject();
      for (CommittedWeights.Name name : weights.names()) {
        out.writeObjectFieldStart(name.key());
        out.writeStringField("allocation_id", name.allocationId());
        out.writeNumberField("offset_bytes", name.offset());
        out.writeBinaryField("value", name.value());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
  }
}
