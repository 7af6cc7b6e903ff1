package io.snapfs.format.profile;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Crc32c;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;

/**
 * What was recorded, as a file of text: for each artifact its name, its content id and how many
 * chunks it has, then the chunks in the order of their first touch, one run a line; in the end a
 * checksum of all lines before.
 *
 * <pre>
 * snapfs-recording 1
 * artifact llama:v1 content 5f0c...77 chunks 10874
 * 17-30
 * 2
 * checksum 1b2a04c9
 * </pre>
 *
 * <p>It is no part of a store: {@code snapfs profile add} takes from it what is to be stored.
 */
public final class RecordingFile {
  static final String FIRST_LINE = "snapfs-recording 1";
  static final String CHECKSUM = "checksum ";

  /** Longest file that is read; a run of one chunk takes ten bytes of it. */
  private static final long MAX_LENGTH = 1L << 30;

  private RecordingFile() {}

  /**
   * Writes a file, whole or not at all, in place of one that there is.
   *
   * @throws SnapfsException if it can't be written
   */
  public static void write(Path file, List<Recording> recordings) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path temporary = null;
    try {
      temporary = Files.createTempFile(absolute.getParent(), ".snapfs-recording-", ".tmp");
      writeSynced(temporary, text(recordings));
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
      temporary = null;
      syncDirectory(absolute.getParent());
    } catch (IOException e) {
      throw new SnapfsException("can't write the recording " + file + ": " + e.getMessage(), e);
    } finally {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  private static void writeSynced(Path file, byte[] text) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(text);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static byte[] text(List<Recording> recordings) {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    for (Recording each : recordings) {
      Profile profile = each.profile();
      text.append("artifact ").append(each.ref());
      text.append(" content ").append(HexFormat.of().formatHex(profile.contentId()));
      text.append(" chunks ").append(profile.artifactChunks()).append('\n');
      for (int i = 0; i < profile.size(); ) {
        int end = profile.runEnd(i);
        text.append(profile.chunk(i));
        if (end - i > 1) {
          text.append('-').append(profile.chunk(end - 1));
        }
        text.append('\n');
        i = end;
      }
    }
    byte[] lines = text.toString().getBytes(StandardCharsets.US_ASCII);
    text.append(CHECKSUM).append(String.format("%08x\n", Crc32c.of(lines)));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a file.
   *
   * @throws MissingException if there is none
   * @throws SnapfsException if it is no recording, or a damaged one, naming the line
   */
  public static List<Recording> read(Path file) throws IOException {
    try {
      long length = Files.size(file);
      if (length > MAX_LENGTH) {
        throw new SnapfsException(file + " is no recording: it is " + length + " bytes long");
      }
      return new RecordingParser(file.toString()).parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new MissingException("there is no recording " + file, e);
    }
  }

  /**
   * Finds what was recorded of a content.
   *
   * @param file where the recordings are from, for messages
   * @param ref under which name the content is looked for, for messages
   * @throws MissingException if nothing was, saying whether something was recorded of that name
   */
  public static Profile find(
      List<Recording> recordings, Path file, ArtifactRef ref, byte[] contentId)
      throws MissingException {
    String wanted = HexFormat.of().formatHex(contentId);
    for (Recording each : recordings) {
      if (HexFormat.of().formatHex(each.profile().contentId()).equals(wanted)) {
        return each.profile();
      }
    }
    for (Recording each : recordings) {
      if (each.ref().equals(ref)) {
        throw new MissingException(
            file
                + " was recorded from another "
                + ref
                + ", with content id "
                + HexFormat.of().formatHex(each.profile().contentId())
                + "; the artifact now has "
                + wanted
                + ". Record it again with 'snapfs mount --record'");
      }
    }
    throw new MissingException(
        file
            + " has nothing of "
            + ref
            + (recordings.isEmpty()
                ? ": nothing was read while it was recorded"
                : ", but of " + recordings.stream().map(each -> each.ref().toString()).toList()));
  }
}
