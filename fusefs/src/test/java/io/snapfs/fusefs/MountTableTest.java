package io.snapfs.fusefs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.linux.Names;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  private static final String TABLE =
      """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
      30 22 0:31 / /mnt/a\\040b ro,nosuid - fuse.snapfs /srv/my\\040store ro,user_id=0
      31 22 0:32 / /mnt/x rw shared:5 master:2 - tmpfs tmpfs rw
      32 31 0:33 / /mnt/x ro - fuse.snapfs /srv/store ro
      short line
      """;

  @Test
  void findsTheTopmostMount() {
    MountTable table = MountTable.parse(TABLE);
    assertEquals(
        Optional.of(new MountTable.Entry(32, "0:33", "/mnt/x", "fuse.snapfs", "/srv/store")),
        table.at(Names.of("/mnt/x")));
    assertEquals("ext4", table.at(Names.of("/")).orElseThrow().type());
    assertEquals(Optional.empty(), table.at(Names.of("/mnt")));
  }

  @Test
  void namesAreUnescaped() {
    MountTable.Entry entry = MountTable.parse(TABLE).at(Names.of("/mnt/a b")).orElseThrow();
    assertEquals("/srv/my store", entry.source());
  }

  @Test
  void theSameMountpointMountedAnewIsAnotherMount() {
    MountTable.Entry old = new MountTable.Entry(40, "0:33", "/mnt/x", "fuse.snapfs", "/srv/store");
    assertFalse(MountTable.parse(TABLE).contains(old));
  }

  @Test
  void readsTheTableOfThisMachine() throws IOException {
    assertTrue(MountTable.read().at(Names.of("/proc")).isPresent());
  }
}
