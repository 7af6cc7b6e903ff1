package io.snapfs.tools.command;

import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Parameters;

/** What the commands that work on an existing store have in common. */
abstract class StoreCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "STORE", description = "Directory of the store.")
  private Path directory;

  private final Console console;

  StoreCommand(Console console) {
    this.console = console;
  }

  final Console console() {
    return console;
  }

  /** The store's directory, as it was given. */
  final Path directory() {
    return directory;
  }

  @Override
  public final Integer call() throws IOException {
    try (Store store = Store.open(directory)) {
      return run(store);
    }
  }

  /**
   * Does it.
   *
   * @return the exit code
   */
  abstract int run(Store store) throws IOException;
}
