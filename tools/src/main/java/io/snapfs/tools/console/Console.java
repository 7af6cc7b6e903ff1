package io.snapfs.tools.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command writes to.
 *
 * @param out results, and with {@code --json} nothing but one object
 * @param err messages, log lines and progress
 * @param errIsTerminal whether somebody watches {@code err}: progress bars are drawn only then
 */
public record Console(PrintStream out, PrintStream err, boolean errIsTerminal) {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** The console of this process, in UTF-8 whatever the locale. */
  public static Console ofProcess() {
    return new Console(
        stream(FileDescriptor.out), stream(FileDescriptor.err), isTerminal(STANDARD_ERROR));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  // System.console() asks for standard input and output too, so it can't tell.
  private static boolean isTerminal(Path descriptor) {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }

  /** Prints one line of results. */
  public void print(String line) {
    out.println(Text.printable(line));
  }

  /** Prints one message, marked as ours. */
  public void complain(String message) {
    err.println("snapfs: " + Text.printable(message));
  }
}
