package io.snapfs.format.write;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.store.Gc;
import io.snapfs.format.store.Store;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * A process that packs folders, removes every third artifact again and collects garbage, until it
 * is killed: {@code PackChild STORE SOURCE NAME}. Says {@code packed NAME:TAG CONTENT-ID} and
 * {@code removing NAME:TAG}, a line each.
 */
public final class PackChild {
  private PackChild() {}

  /** Packs the same source again and again: after the first run, every chunk is shared. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    out.println("ready");
    try (Store store = Store.openOrCreate(Path.of(args[0]))) {
      for (int i = 0; ; i++) {
        ArtifactRef ref = new ArtifactRef(args[2], "" + i);
        PackResult result =
            new Packer(store, PackOptions.defaults().withJobs(2)).pack(Path.of(args[1]), ref);
        out.println("packed " + ref + " " + result.contentId());
        if (i % 3 == 0) {
          out.println("removing " + ref);
          store.remove(ref);
          Gc.run(store, false, Progress.NONE);
        }
      }
    }
  }
}
