package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import io.snapfs.tools.StoreFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage has an exit code of its own, and is told with the place and the files that it hits. */
final class DamageTest {
  /** Behind the header of a pack: in the stored bytes of the first chunk. */
  private static final int IN_A_CHUNK = 130;

  @TempDir private Path dir;
  private StoreFixture fixture;

  @BeforeEach
  void packTwo() throws IOException {
    fixture = new StoreFixture(dir);
    Path folder = fixture.checkpoint();
    fixture.pack(folder, "w:1");
    fixture.pack(folder.resolve("gms"), "w:2"); // shares all of its chunks with the first
  }

  private static Cli.Result damaged(String message, Object... args) {
    Cli.Result result = Cli.run(args);
    assertEquals(ExitCode.DAMAGE, result.code(), result.err());
    assertTrue(result.err().startsWith("snapfs: "), result.err());
    assertTrue(result.err().contains(message), "no '" + message + "' in:\n" + result.err());
    assertFalse(result.err().contains("\tat "), result.err());
    return result;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--quick", ""})
  void verifyTellsWhichFilesAreHit(String mode) throws IOException {
    Path pack = fixture.onlyPack();
    StoreFixture.damage(pack, IN_A_CHUNK);
    Object[] args = {"verify", fixture.store(), mode};
    Cli.Result result =
        damaged("it hits w:1 ", mode.isEmpty() ? new Object[] {args[0], args[1]} : args);
    assertTrue(result.err().contains(pack.getFileName().toString()), result.err());
    assertTrue(result.out().contains("DAMAGED: 1 findings"), result.out());
  }

  @Test
  void aDamagedArtifactIsNotUnpacked() throws IOException {
    StoreFixture.damage(fixture.onlyPack(), IN_A_CHUNK);
    Path target = dir.resolve("target");
    damaged("is damaged", "unpack", fixture.store(), "w:1", target);
    assertFalse(Files.exists(target));
  }

  @Test
  void aDamagedManifestDoesNotHideTheOthers() throws IOException {
    StoreFixture.damage(fixture.manifest("w", "1"), 40);
    Cli.Result list = damaged("w:1: ", "ls", fixture.store());
    assertTrue(list.out().contains("w:2"), list.out());
    assertFalse(list.out().contains("w:1"), list.out());
    damaged("is damaged", "inspect", fixture.store(), "w:1");
    Cli.Result other = Cli.run("inspect", fixture.store(), "w:2");
    assertEquals(ExitCode.OK, other.code());
    assertTrue(other.err().contains("unique bytes are not known"), other.err());
    damaged("1.manifest", "verify", fixture.store());
    assertEquals(ExitCode.OK, Cli.run("verify", fixture.store(), "w:2").code());
    damaged("1.manifest", "stats", fixture.store());
    damaged("1.manifest", "gc", fixture.store());
    assertEquals(ExitCode.OK, Cli.run("rm", fixture.store(), "w:1").code());
    assertEquals(ExitCode.OK, Cli.run("verify", fixture.store()).code());
  }

  @Test
  void aLostPackIsDamage() throws IOException {
    Files.delete(fixture.onlyPack());
    damaged("it is lost", "verify", fixture.store());
    assertEquals(ExitCode.OK, Cli.run("ls", fixture.store()).code());
    assertFalse(Files.exists(dir.resolve("target")));
    damaged("", "unpack", fixture.store(), "w:1", dir.resolve("target"));
    assertFalse(Files.exists(dir.resolve("target")));
  }
}
