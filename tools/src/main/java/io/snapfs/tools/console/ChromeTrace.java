package io.snapfs.tools.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.snapfs.restore.timeline.Step;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes steps in the Trace Event Format, which chrome://tracing and Perfetto show: each track is a
 * thread, a step is a complete event ({@code X}), a moment an instant one ({@code i}). Times are in
 * microseconds.
 */
public final class ChromeTrace {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int PROCESS = 1;

  private ChromeTrace() {}

  /** Writes a file, or replaces it. */
  public static void write(Path file, List<Step> steps) throws IOException {
    List<String> tracks = new ArrayList<>();
    for (Step step : steps) {
      if (!tracks.contains(step.track())) {
        tracks.add(step.track());
      }
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayFieldStart("traceEvents");
      for (String track : tracks) {
        writeName(json, tracks.indexOf(track), track);
      }
      for (Step step : steps) {
        write(json, tracks.indexOf(step.track()), step);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void writeName(JsonGenerator json, int thread, String track) throws IOException {
    begin(json, "M", thread, "thread_name");
    json.writeObjectFieldStart("args");
    json.writeStringField("name", track);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, int thread, Step step) throws IOException {
    boolean moment = step.nanos() == 0;
    begin(json, moment ? "i" : "X", thread, step.name());
    json.writeNumberField("ts", step.startNanos() / NANOS_PER_MICRO);
    if (moment) {
      json.writeStringField("s", "p");
    } else {
      json.writeNumberField("dur", step.nanos() / NANOS_PER_MICRO);
    }
    json.writeEndObject();
  }

  private static void begin(JsonGenerator json, String phase, int thread, String name)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("ph", phase);
    json.writeNumberField("pid", PROCESS);
    json.writeNumberField("tid", thread);
  }
}
