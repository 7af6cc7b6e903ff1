package io.snapfs.tools.command;

import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.option.Declared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** What the commands that work on an existing store have in common. */
abstract class StoreCommand implements Callable<Integer> {
  private static final String LABEL = "STORE";
  private static final String DESCRIPTION = "Directory of the store.";

  @Parameters(index = "0", paramLabel = LABEL, description = DESCRIPTION)
  private Path directory;

  private final Console console;

  StoreCommand(Console console) {
    this.console = console;
  }

  /** The store's parameter, for a command that is {@link Declared} and not annotated. */
  final PositionalParamSpec storeParameter() {
    return Declared.parameter(0, Path.class, given -> directory = given)
        .paramLabel(LABEL)
        .description(DESCRIPTION)
        .build();
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
