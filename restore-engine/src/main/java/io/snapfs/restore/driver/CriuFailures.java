package io.snapfs.restore.driver;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CRIU's error messages mean, and what to do: a table of patterns, looked for in the log from
 * the top of the table. Kept free of guesses: every pattern was seen in a real log, and the tests
 * have the excerpts.
 */
final class CriuFailures {
  private record Meaning(Pattern pattern, String sentence) {
    static Meaning of(String pattern, String sentence) {
      return new Meaning(Pattern.compile(pattern), sentence);
    }

    Optional<String> of(String line) {
      Matcher matcher = pattern.matcher(line);
      if (!matcher.find()) {
        return Optional.empty();
      }
      return Optional.of(pattern.matcher(matcher.group()).replaceFirst(sentence));
    }
  }

  private static final List<Meaning> TABLE =
      List.of(
          // Restoring.
          Meaning.of(
              "Can't fork for (\\d+): File exists.*",
              "process id $1 is in use: end that process, or restore in a pid namespace of its own"
                  + " (unshare --pid --fork --mount-proc)"),
          Meaning.of(
              "Can't open file (\\S+) on restore: No such file or directory.*",
              "the file /$1, which the process has open, is missing: put it back"),
          Meaning.of(
              "File (\\S+) has bad size (\\d+) \\(expect (\\d+)\\).*",
              "the file /$1 was changed after the dump (it has $2 bytes, had $3): put back the one"
                  + " that the process was started with"),
          Meaning.of(
              "Can't bind inet socket .*: Address already in use.*",
              "a port that the process listens on is in use: stop who listens there, or restore in"
                  + " a network namespace of its own"),
          Meaning.of(
              "connect to lazy-pages.socket failed.*",
              "the page server can't be reached: nobody listens on lazy-pages.socket in the work"
                  + " folder"),
          Meaning.of(
              "cg: Abort restore of existing cgroups.*",
              "cgroups of the process exist already: remove them, or leave out"
                  + " --criu-opt=--manage-cgroups=strict"),
          Meaning.of("No (core-\\d+\\.img) image.*", "the dump is incomplete: $1 is missing"),
          Meaning.of("Can't open core data for (\\d+).*", "core-$1.img of the dump is damaged"),
          Meaning.of("Failed unpacking object .* from \\S*/([^/\\s]+).*", "$1 is damaged"),
          Meaning.of(
              "Can't read pages data.*",
              "the pages of the dump can't be read: a pages-*.img is missing or damaged"),
          // Dumping.
          Meaning.of(
              "Unable to interrupt task: (\\d+) \\(No such process\\).*", "there is no process $1"),
          Meaning.of(
              "The criu itself is within dumped tree.*",
              "the process is an ancestor of this command: run the command from elsewhere"),
          Meaning.of(
              "Unable to interrupt task: (\\d+) \\(Operation not permitted\\).*",
              "process $1 can't be stopped: a debugger or strace is attached to it, or it belongs"
                  + " to somebody else"),
          Meaning.of(
              "Connected TCP socket, consider using --tcp-established.*",
              "the process has an open TCP connection: let it close connections before the dump, or"
                  + " pass --criu-opt=--tcp-close to cut them"),
          Meaning.of(
              "External socket is used.*",
              "the process is connected to another one by a unix socket: close it before the dump,"
                  + " or pass --criu-opt=--ext-unix-sk"),
          Meaning.of(
              "Some file locks are hold by dumping tasks.*",
              "the process holds file locks: pass --criu-opt=--file-locks to checkpoint and"
                  + " restore"),
          Meaning.of(
              "Can't create link remap for (\\S+)\\. Use link-remap.*",
              "the process has $1 open, which was deleted but has other names: pass"
                  + " --criu-opt=--link-remap"),
          Meaning.of(
              "tty: Found slave peer index.*",
              "the process is attached to a terminal: start it with setsid and its input and output"
                  + " redirected, or pass --criu-opt=--shell-job to checkpoint and restore"),
          Meaning.of(
              "The root process (\\d+) is not a session leader.*",
              "process $1 belongs to the session of a shell: start it with setsid, or pass"
                  + " --criu-opt=--shell-job to checkpoint and restore"),
          Meaning.of(
              "Can't get 1:(?:16|34) opt: Operation not supported.*",
              "this CRIU can't dump sockets on Linux 6.16 and newer: use CRIU 4.2 or newer"),
          Meaning.of(
              "Can't dump file (\\d+) of that type \\[\\d+\\] \\(([^)]*)\\).*",
              "the process has something open that CRIU can't dump: descriptor $1, $2"),
          Meaning.of(
              "Can't retrieve FDs from socket.*",
              "the process has something open that can't be handed over, such as an io_uring: turn"
                  + " io_uring off in it"),
          // Both.
          Meaning.of(
              ".*No space left on device.*",
              "there is no space left for what CRIU writes: name a larger folder"),
          Meaning.of(
              "CRIU needs to have the CAP_SYS_ADMIN.*",
              "CRIU needs root, or the capability CAP_CHECKPOINT_RESTORE"),
          Meaning.of(
              "(?:\\S*criu\\S*: )?unrecognized option '([^']*)'.*", "CRIU has no option $1"));

  private CriuFailures() {}

  /**
   * What lines of a log or of CRIU's output mean, if that is known: of several meanings the one
   * that is first in the table.
   */
  static Optional<String> meaning(List<String> lines) {
    for (Meaning each : TABLE) {
      for (String line : lines) {
        Optional<String> meaning = each.of(line);
        if (meaning.isPresent()) {
          return meaning;
        }
      }
    }
    return Optional.empty();
  }
}
