package io.snapfs.tools.daemon;

import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Poll;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Owns the conversation with one client: see the package description. Closing it removes its
 * folder. For one thread.
 */
public final class Client implements AutoCloseable {
  private static final long MOST_ARGUMENTS = 4 << 20;
  private static final int MOST_LINE = 80;

  private final Path folder;
  private final List<String> words;
  private final long age;
  private Fd in;
  private RandomAccessFile out;

  /** Reads what a client wants. */
  Client(Path folder) throws IOException {
    this.folder = folder;
    Path file = folder.resolve("args");
    if (Files.size(file) > MOST_ARGUMENTS) {
      throw new IOException(file + " is too long");
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    words = Arrays.asList(text.split("\0", -1));
    FileTime made = Files.getLastModifiedTime(file);
    age =
        Math.max(
            0,
            TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis())
                - made.to(TimeUnit.MICROSECONDS));
  }

  /** The folder that relative names start from. */
  public Path workingFolder() {
    return Path.of(words.get(0));
  }

  /** The client's {@code SNAPFS_CRIU}, or nothing. */
  public String criu() {
    return words.get(1);
  }

  /**
   * Whether it is in the pid namespace of this process: then the process it names holds {@code in}.
   */
  public boolean isInOurPidNamespace() {
    Path held = Path.of("/proc", words.get(2), "fd", "4");
    try {
      return Files.isSameFile(held, folder.resolve("in"));
    } catch (IOException | SecurityException e) {
      return false; // there is no such process, or one that has no such file
    }
  }

  /** The arguments of the command line. */
  public String[] arguments() {
    return words.subList(3, words.size() - 1).toArray(String[]::new);
  }

  /** How long ago it asked. */
  public long ageNanos() {
    return TimeUnit.MICROSECONDS.toNanos(age);
  }

  /** Begins to talk. */
  public void open() throws IOException {
    if (words.size() < 5) {
      throw new IOException(folder + " has no arguments");
    }
    // Neither waits for the client, which may have died.
    in =
        Open.at(Fd.CWD, Names.of(folder.resolve("in").toString()), Open.O_RDONLY | Open.O_NONBLOCK);
    out = new RandomAccessFile(folder.resolve("out").toFile(), "rw");
    send("ok", List.of());
  }

  /** Says something: one line, and lines that belong to it. */
  public void send(String line, List<String> more) throws IOException {
    StringBuilder text = new StringBuilder(line).append('\n');
    more.forEach(each -> text.append(each).append('\n'));
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Waits for a number that the client says.
   *
   * @throws EOFException if it has died
   */
  public int awaitNumber() throws IOException {
    Poll poll = new Poll(1);
    poll.add(in, Poll.POLLIN);
    ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_LINE);
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\n") < 0 && line.length() < MOST_LINE) {
      poll.await(-1);
      int count = DeviceIo.read(in, Addresses.of(buffer), MOST_LINE);
      if (count == 0) {
        throw new EOFException("the client has ended");
      }
      for (int i = 0; i < count; i++) {
        line.append((char) buffer.get(i));
      }
    }
    try {
      return Integer.parseInt(line.toString().strip());
    } catch (NumberFormatException e) {
      throw new IOException("the client says '" + line + "', expected a number", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (in != null) {
      in.close();
    }
    TreeRemover.remove(Fd.CWD, Names.of(folder.toString()));
  }
}
