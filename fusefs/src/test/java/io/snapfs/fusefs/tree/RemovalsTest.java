package io.snapfs.fusefs.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.linux.Names;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RemovalsTest {
  @TempDir Path temp;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final RemovalListener listener =
      (parent, name) -> told.add(parent + "/" + new String(name, StandardCharsets.UTF_8));

  private String next() throws InterruptedException {
    return told.poll(60, TimeUnit.SECONDS);
  }

  @Test
  void anArtifactThatIsRemovedIsToldWithoutAnybodyLooking() throws Exception {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.write(source.resolve("file"), new byte[] {1});
    try (Store store = Store.openOrCreate(temp.resolve("store"));
        ChunkCache cache = new ChunkCache(1 << 20, 1);
        StoreTree tree = new StoreTree(store, cache)) {
      tree.addRemovalListener(listener);
      Packer packer = new Packer(store, PackOptions.defaults());
      packer.pack(source, ArtifactRef.parse("a:one"));
      packer.pack(source, ArtifactRef.parse("a:two"));
      long a = tree.lookup(StoreTree.ROOT, Names.of("a")).attributes().ino();
      tree.lookup(a, Names.of("one"));
      tree.lookup(a, Names.of("two"));
      store.remove(ArtifactRef.parse("a:one"));
      assertEquals(a + "/one", next());
      store.remove(ArtifactRef.parse("a:two"));
      assertEquals(StoreTree.ROOT + "/a", next());
      tree.removeRemovalListener(listener);
    }
    assertEquals(0, told.size());
  }
}
