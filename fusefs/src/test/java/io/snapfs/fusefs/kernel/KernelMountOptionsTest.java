package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.fusefs.transport.MountOptions;
import io.snapfs.linux.Mounts;
import org.junit.jupiter.api.Test;

final class KernelMountOptionsTest {
  private static final MountOptions DEFAULTS = MountOptions.defaults("a,fd=3\\");

  @Test
  void theSourceIsNoOption() {
    assertEquals(
        "fd=7,rootmode=40000,user_id=4294967294,group_id=5,max_read=1048576",
        KernelMount.data(DEFAULTS, 7, -2, 5));
  }

  @Test
  void othersAreLetInOnlyIfAskedFor() {
    assertTrue(
        KernelMount.data(DEFAULTS.with("allow_other"), 7, 0, 0)
            .endsWith(",allow_other,default_permissions"));
    assertTrue(
        KernelMount.data(DEFAULTS.with("default_permissions"), 7, 0, 0)
            .endsWith("1048576,default_permissions"));
  }

  @Test
  void flagsAreStrictUnlessAskedFor() {
    long strict = Mounts.MS_RDONLY | Mounts.MS_NOSUID | Mounts.MS_NODEV;
    assertEquals(strict, KernelMount.flags(DEFAULTS));
    assertEquals(strict | Mounts.MS_NOEXEC, KernelMount.flags(DEFAULTS.with("noexec")));
    assertEquals(Mounts.MS_RDONLY, KernelMount.flags(DEFAULTS.with("suid,dev")));
  }

  @Test
  void theRightToMountIsOneBit() {
    assertTrue(KernelTransport.hasAdmin("000001ffffffffff"));
    assertTrue(KernelTransport.hasAdmin("0000000000200000"));
    assertFalse(KernelTransport.hasAdmin("ffffffffffdfffff"));
    assertFalse(KernelTransport.hasAdmin("0000000000000000"));
  }
}
