package io.snapfs.format.profile;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of a {@link RecordingFile}, believing nothing. For one use. */
final class RecordingParser {
  private static final Pattern ARTIFACT =
      Pattern.compile("artifact (\\S+) content ([0-9a-f]{64}) chunks (\\d{1,9})");
  private static final Pattern RUN = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
  private static final Pattern CHECKSUM =
      Pattern.compile(RecordingFile.CHECKSUM + "([0-9a-f]{8})\n");
  private static final String NAME = "snapfs-recording ";

  private final String file;
  private final List<Recording> recordings = new ArrayList<>();
  private ArtifactRef ref;
  private byte[] contentId;
  private int artifactChunks;
  private TouchedChunks seen;
  private int[] order;
  private int count;

  RecordingParser(String file) {
    this.file = file;
  }

  List<Recording> parse(byte[] bytes) throws SnapfsException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(NAME)) {
      throw new SnapfsException(
          file + " is no recording: it does not begin with '" + NAME.strip() + "'");
    }
    if (!text.startsWith(RecordingFile.FIRST_LINE + "\n")) {
      throw new TooNewException(file, "its first line is not '" + RecordingFile.FIRST_LINE + "'");
    }
    String[] lines = text.substring(0, checkedEnd(text, bytes)).split("\n", -1);
    for (int i = 1; i < lines.length - 1; i++) {
      if (lines[i].startsWith("artifact ")) {
        finish();
        begin(lines[i], i + 1);
      } else {
        run(lines[i], i + 1);
      }
    }
    finish();
    return recordings;
  }

  /** Where the last line begins, which must be the checksum of what is before. */
  private int checkedEnd(String text, byte[] bytes) throws SnapfsException {
    int end = text.lastIndexOf('\n', text.length() - 2) + 1;
    Matcher last = CHECKSUM.matcher(text.substring(end));
    if (!last.matches()) {
      throw new CorruptException(
          file, end, "the last line is no checksum: it has been cut short; record it again");
    }
    int crc = Crc32c.of(Arrays.copyOf(bytes, end));
    if (crc != Integer.parseUnsignedInt(last.group(1), 16)) {
      throw new CorruptException(
          file,
          end,
          String.format(
              "checksum is %08x, expected %s: it was changed; record it again",
              crc, last.group(1)));
    }
    return end;
  }

  private void begin(String line, int number) throws CorruptException {
    Matcher matcher = ARTIFACT.matcher(line);
    if (!matcher.matches()) {
      throw corrupt(number, "it is not 'artifact NAME:TAG content ID chunks NUMBER'");
    }
    try {
      ref = ArtifactRef.parse(matcher.group(1));
    } catch (IllegalArgumentException e) {
      throw corrupt(number, e.getMessage());
    }
    contentId = HexFormat.of().parseHex(matcher.group(2));
    artifactChunks = Integer.parseInt(matcher.group(3));
    if (artifactChunks > Limits.MAX_CHUNKS) {
      throw corrupt(number, "an artifact has at most " + Limits.MAX_CHUNKS + " chunks");
    }
    seen = new TouchedChunks(artifactChunks);
    order = new int[1];
    count = 0;
  }

  private void run(String line, int number) throws CorruptException {
    Matcher matcher = RUN.matcher(line);
    if (ref == null || !matcher.matches()) {
      throw corrupt(number, "it is neither 'artifact ...' nor chunks of one");
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    if (last < first || last >= artifactChunks) {
      throw corrupt(number, "chunks " + line + " of an artifact that has " + artifactChunks);
    }
    for (int chunk = first; chunk <= last; chunk++) {
      if (!seen.add(chunk)) {
        throw corrupt(number, "chunk " + chunk + " occurs twice");
      }
      if (count == order.length) {
        order = Arrays.copyOf(order, 2 * count);
      }
      order[count++] = chunk;
    }
  }

  private void finish() {
    if (ref != null) {
      recordings.add(
          new Recording(ref, new Profile(contentId, artifactChunks, Arrays.copyOf(order, count))));
      ref = null;
    }
  }

  private CorruptException corrupt(int line, String problem) {
    return new CorruptException(file, -1, "line " + line + ": " + problem);
  }
}
