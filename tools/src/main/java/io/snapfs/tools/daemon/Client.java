package io.snapfs.tools.daemon;

import io.snapfs.linux.Addresses;
import io.snapfs.linux.DeviceIo;
import io.snapfs.linux.EventFd;
import io.snapfs.linux.Fd;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.linux.Poll;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Owns the conversation with one client: see the package description. Closing it removes its files.
 * For one thread.
 */
public final class Client implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Client.class.getName());
  private static final long MOST_ARGUMENTS = 4 << 20;
  private static final int MOST_LINE = 80;
  private static final int FIRST_ARGUMENT = 5;

  private final Path args;
  private final Path inFile;
  private final Path outFile;
  private final List<String> words;
  private final long age;
  private Fd in;
  private RandomAccessFile out;

  /**
   * Reads what a client wants.
   *
   * @param name of the client, in the folder of clients
   */
  Client(Path clients, String name) throws IOException {
    args = args(clients, name);
    inFile = clients.resolve(name + ".in");
    outFile = clients.resolve(name + ".out");
    if (Files.size(args) > MOST_ARGUMENTS) {
      throw new IOException(args + " is too long");
    }
    String text = Files.readString(args, StandardCharsets.UTF_8);
    words = Arrays.asList(text.split("\0", -1));
    FileTime made = Files.getLastModifiedTime(args);
    age =
        Math.max(
            0,
            TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis())
                - made.to(TimeUnit.MICROSECONDS));
  }

  /** Where a client says what it wants. */
  static Path args(Path clients, String name) {
    return clients.resolve(name + ".args");
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
      return Files.isSameFile(held, inFile);
    } catch (IOException | SecurityException e) {
      return false; // there is no such process, or one that has no such file
    }
  }

  /** The client's {@code GMS_SOCKET_DIR}, or nothing. */
  public String socketFolder() {
    return words.get(3);
  }

  /** Which driver and devices the client would see, as {@link #driverOf} says it. */
  public String driver() {
    return words.get(4);
  }

  /** What chooses the CUDA driver and numbers its devices, in one text. */
  public static String driverOf(Map<String, String> environment) {
    return Stream.of("SNAPFS_LIBCUDA", "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER")
        .map(name -> environment.getOrDefault(name, ""))
        .collect(Collectors.joining(" "));
  }

  /**
   * Whether a folder is the same one to the client as to this process, though one of them may run
   * in a container. Only where {@link #isInOurPidNamespace}.
   */
  public boolean seesTheSame(Path folder) {
    Path absolute = folder.toAbsolutePath();
    Path theirs = Path.of("/proc", words.get(2), "root").resolve(Path.of("/").relativize(absolute));
    try {
      return Files.isSameFile(theirs, absolute);
    } catch (IOException | SecurityException e) {
      return false; // one of them has no such folder
    }
  }

  /** The arguments of the command line. */
  public String[] arguments() {
    return words.subList(FIRST_ARGUMENT, words.size() - 1).toArray(String[]::new);
  }

  /** How long ago it asked. */
  public long ageNanos() {
    return TimeUnit.MICROSECONDS.toNanos(age);
  }

  /** Begins to talk. */
  public void open() throws IOException {
    if (words.size() < FIRST_ARGUMENT + 2) {
      throw new IOException(args + " has no arguments");
    }
    // Neither waits for the client, which may have died.
    in = Open.at(Fd.CWD, Names.of(inFile.toString()), Open.O_RDONLY | Open.O_NONBLOCK);
    out = new RandomAccessFile(outFile.toFile(), "rw");
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

  /** Has something done if the client ends before this is closed. */
  public final class Watch implements AutoCloseable {
    private final EventFd over = new EventFd();
    private final CompletableFuture<Void> watched;

    private Watch(Runnable ended) throws IOException {
      watched =
          CompletableFuture.runAsync(
              () -> watch(ended), task -> new Thread(task, "client").start());
    }

    private void watch(Runnable ended) {
      Poll poll = new Poll(2);
      int client = poll.add(in, Poll.POLLIN);
      int end = poll.add(over.fd(), Poll.POLLIN);
      try {
        poll.await(-1);
        if (poll.ready(end) == 0 && poll.ready(client) != 0) {
          ended.run();
        }
      } catch (LinuxException e) {
        LOG.log(Level.WARNING, "the end of a client would not be noticed", e);
      }
    }

    @Override
    public void close() throws IOException {
      over.signal();
      watched.join();
      over.close();
    }
  }

  /** Watches a client that says nothing from now on. */
  public Watch watch(Runnable ended) throws IOException {
    return new Watch(ended);
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
    if (in != null) {
      in.close();
    }
    for (Path file : List.of(args, inFile, outFile)) {
      Files.deleteIfExists(file);
    }
  }
}
