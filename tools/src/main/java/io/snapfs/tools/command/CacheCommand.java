package io.snapfs.tools.command;

import io.snapfs.format.node.NodeContents;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs cache ls DIR} and {@code snapfs cache clear DIR}. */
@Command(
    name = "cache",
    description = {
      "Shows or clears the files that 'snapfs mount --materialize DIR' keeps decoded in DIR.",
      "'ls DIR [--json]' lists them, the most recently used first; a file is named after where it"
          + " was met first, and serves all that have the same contents. 'clear DIR' removes them;"
          + " whoever has one open goes on reading it, and mounts go on as if it had never been"
          + " there."
    },
    footer = {
      "  snapfs cache ls /dev/shm/snapfs",
      "  snapfs cache ls /dev/shm/snapfs --json",
      "  snapfs cache clear /dev/shm/snapfs"
    })
final class CacheCommand implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec;

  CacheCommand(Console console) {
    this.console = console;
  }

  @Command(
      name = "ls",
      description = {
        "Lists the materialised files in a directory, the most recently used first.",
        "TAKES is less than LENGTH where a file has holes."
      },
      footer = {"  snapfs cache ls /dev/shm/snapfs", "  snapfs cache ls /dev/shm/snapfs --json"})
  int ls(
      @Parameters(paramLabel = "DIR", description = "The directory given to --materialize.")
          Path directory,
      @Option(names = "--json", description = "Print the list as one JSON object.") boolean json)
      throws IOException {
    List<NodeContents.Entry> files = NodeContents.list(directory);
    if (json) {
      Json.print(console, out -> write(out, directory, files));
    } else {
      print(files);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "clear",
      description = {
        "Removes the materialised files in a directory; nothing else in it is touched.",
        "What is open stays readable, and takes its space until it is closed."
      },
      footer = "  snapfs cache clear /dev/shm/snapfs")
  int clear(
      @Parameters(paramLabel = "DIR", description = "The directory given to --materialize.")
          Path directory)
      throws IOException {
    NodeContents.Cleared cleared = NodeContents.clear(directory);
    console.print(
        "removed "
            + Text.count(cleared.files())
            + " files, "
            + Text.size(cleared.allocatedBytes()));
    return ExitCode.OK;
  }

  private void print(List<NodeContents.Entry> files) {
    Table table =
        new Table()
            .column("FILE", Table.Align.LEFT)
            .column("LENGTH", Table.Align.RIGHT)
            .column("TAKES", Table.Align.RIGHT)
            .column("USED", Table.Align.LEFT)
            .column("", Table.Align.LEFT);
    for (NodeContents.Entry file : files) {
      table.row(
          Text.printable(file.label()),
          Text.size(file.length()),
          Text.size(file.allocatedBytes()),
          Text.time(file.lastUseMillis()),
          file.damage() != null ? "altered" : file.inUse() ? "open" : "");
    }
    table.print(console);
  }

  private static void write(Json out, Path directory, List<NodeContents.Entry> files)
      throws IOException {
    out.put("directory", directory.toString());
    out.list(
        "files",
        files,
        (json, file) -> {
          json.put("key", file.key().toString());
          json.put("label", file.label());
          json.put("length_bytes", file.length());
          json.put("allocated_bytes", file.allocatedBytes());
          json.put("last_use", Text.isoTime(file.lastUseMillis()));
          json.put("in_use", file.inUse());
          json.put("intact", file.damage() == null);
        });
  }

  /** Runs if neither was asked for. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "'cache' needs 'ls' or 'clear'");
  }
}
