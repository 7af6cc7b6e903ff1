package io.snapfs.format.store;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A process that works on a store until it is killed or its input ends, and says on its output what
 * it has done, a line each: {@code published NAME:TAG SEED}, {@code removing NAME:TAG}, {@code
 * removed NAME:TAG}, {@code collected}.
 */
public final class CrashChild {
  private final Path directory;
  private final PrintStream out = System.out;
  private final Random random;
  private final String name;
  private int count;

  private CrashChild(Path directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
    this.name = "s" + seed;
  }

  /** Arguments: directory of the store, what to do ({@code write}, {@code collect}), a seed. */
  public static void main(String[] args) throws IOException {
    CrashChild child = new CrashChild(Path.of(args[0]), Long.parseLong(args[2]));
    child.say("ready");
    while (System.in.available() == 0) {
      try (Store store = Store.openOrCreate(child.directory)) {
        if (args[1].equals("write")) {
          child.write(store);
        } else {
          child.collect(store);
        }
      }
    }
    child.say("stopped");
  }

  private void write(Store store) throws IOException {
    long seed = random.nextInt(1_000_000);
    ArtifactRef ref = new ArtifactRef(name, "" + count++);
    SmallArtifact.of(seed).write(store, ref);
    say("published " + ref + " " + seed);
  }

  private void collect(Store store) throws IOException {
    List<ArtifactRef> refs = store.artifacts();
    if (refs.size() > 5) {
      ArtifactRef ref = refs.get(random.nextInt(refs.size()));
      say("removing " + ref);
      try {
        store.remove(ref);
      } catch (MissingException e) {
        // another process was faster
      }
      say("removed " + ref);
    }
    try {
      Gc.run(store, false, Progress.NONE);
      say("collected");
    } catch (SnapfsException e) {
      if (!e.getMessage().contains("another gc")) {
        throw e;
      }
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
