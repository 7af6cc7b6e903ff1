package io.snapfs.fusefs.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.fusefs.transport.MountOptions.Flag;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MountOptionsTest {
  private final MountOptions defaults = MountOptions.defaults("/store");

  @Test
  void optionsAreAddedUp() {
    MountOptions options = defaults.with("ro,suid,noexec").with("readahead=128,dev");
    assertEquals(Set.of(Flag.SUID, Flag.NOEXEC, Flag.DEV), options.flags());
    assertEquals(128, options.readaheadKib());
    assertEquals("/store", options.source());
    assertEquals("other=x", defaults.with("fsname=other=x").source());
  }

  @Test
  void whoLetsOthersInHasThePermissionsChecked() {
    assertEquals(
        Set.of(Flag.ALLOW_OTHER, Flag.DEFAULT_PERMISSIONS), defaults.with("allow_other").flags());
  }

  @ParameterizedTest
  @CsvSource({
    "rw, read-only",
    "sync, unknown mount option 'sync'",
    "'', unknown mount option ''",
    "fsname, unknown mount option 'fsname'",
    "readahead=x, a number of KiB",
    "readahead=3, from 4",
    "readahead=99999999999, a number of KiB"
  })
  void badOptionsAreExplained(String option, String message) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> defaults.with(option));
    assertTrue(e.getMessage().contains(message), e::getMessage);
  }
}
