package io.snapfs.restore.pages;

import java.util.ArrayList;
import java.util.List;

/**
 * All memory that one chunk, or one hole, is to fill. It belongs to the {@link FillQueue} while it
 * waits there, and to the thread that took it out after that.
 */
final class FillJob {
  private final int chunk;
  private final List<Segment> segments = new ArrayList<>();
  private boolean begun;
  private boolean decoded;
  private long aheadBytes;
  private int pauses;
  private int failures;
  private long due;

  FillJob(int chunk, Segment first) {
    this.chunk = chunk;
    segments.add(first);
  }

  private FillJob(int chunk) {
    this.chunk = chunk;
    this.begun = true;
  }

  /** A chunk to decode before it is known which memory it goes to: see {@link FillQueue#expect}. */
  static FillJob ahead(int chunk) {
    return new FillJob(chunk);
  }

  /** Index in the manifest, or {@link FillPlan#NO_CHUNK}. */
  int chunk() {
    return chunk;
  }

  /** Where it goes; for the job's owner to change. */
  List<Segment> segments() {
    return segments;
  }

  /** Takes it over from the queue, in which it may stand more than once. False if somebody has. */
  boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** It waits in the queue again, for anybody to begin with. */
  void waits() {
    begun = false;
  }

  /** Whether the chunk was decoded for this job, so that it is probably in the cache. */
  boolean isDecoded() {
    return decoded;
  }

  /** Its chunk was decoded. */
  void decoded() {
    decoded = true;
  }

  /** So much of what is decoded waits, from here on. */
  void countAhead(long bytes) {
    aheadBytes = bytes;
  }

  /** Says how much of what is decoded waits, from here on. */
  void countAhead() {
    aheadBytes = 0;
    for (Segment segment : segments) {
      aheadBytes += decoded ? segment.length() : 0;
    }
  }

  /** Bytes that are decoded and wait, as of {@link #countAhead}. */
  long aheadBytes() {
    return aheadBytes;
  }

  /** How often it was paused before; counts one more. */
  int pauses() {
    return pauses++;
  }

  /** Counts that the store could not give the chunk. */
  int failed() {
    return ++failures;
  }

  /** When to try again, on the system's timer. */
  long due() {
    return due;
  }

  /** Sets when to try again. */
  void due(long nanos) {
    due = nanos;
  }
}
