package io.snapfs.restore.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.manifest.PartType;
import io.snapfs.format.write.PartClassifier.Part;
import io.snapfs.restore.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PartRecognitionTest {
  private static final byte[] INVENTORY = {0x16, 0x31, 0x31, 0x58, 0x4e, 0, 0, 0};

  @TempDir private Path dir;

  private void file(String path) throws IOException {
    file(path, new byte[] {1});
  }

  private void file(String path, byte[] content) throws IOException {
    Path file = dir.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private Part classify(String path, ExplicitPart... explicit) throws IOException {
    return classify(path.getBytes(StandardCharsets.UTF_8), explicit);
  }

  private Part classify(byte[] path, ExplicitPart... explicit) throws IOException {
    try (PartRecognition recognition = new PartRecognition(dir, List.of(explicit))) {
      return recognition.classify(path);
    }
  }

  private static Part criu(String name) {
    return new Part(PartType.CRIU_IMAGES, name);
  }

  private static Part weights(String name) {
    return new Part(PartType.WEIGHTS, name);
  }

  private static Part rootfs(String name) {
    return new Part(PartType.ROOTFS_DIFF, name);
  }

  @Test
  void aBareFolderOfCriuImages() throws IOException {
    file("inventory.img", INVENTORY);
    for (String name :
        List.of("inventory.img", "pages-1.img", "core-5038.img", "stats-dump", "dump.log")) {
      assertEquals(criu(""), classify(name), name);
    }
    assertEquals(Part.OTHER, classify("notes.txt"));
    assertEquals(Part.OTHER, classify("sub/pages-1.img"));
  }

  @Test
  void aWholeCheckpoint() throws IOException {
    file("ckpt/inventory.img", INVENTORY);
    file("gms/device-0/gms_metadata.json");
    file("gms/device-0/manifest.json");
    file("gms/device-0/shards/shard_0000.bin");
    assertEquals(criu("ckpt"), classify("ckpt/mm-1.img"));
    assertEquals(criu("ckpt"), classify("ckpt/criu.conf"));
    assertEquals(rootfs("ckpt"), classify("ckpt/rootfs-diff.tar"));
    assertEquals(rootfs("ckpt"), classify("ckpt/deleted-files.json"));
    assertEquals(Part.OTHER, classify("ckpt/manifest.yaml"));
    assertEquals(weights("gms/device-0"), classify("gms/device-0/manifest.json"));
    assertEquals(weights("gms/device-0"), classify("gms/device-0/gms_metadata.json"));
    assertEquals(weights("gms/device-0"), classify("gms/device-0/shards/shard_0000.bin"));
    assertEquals(Part.OTHER, classify("gms/device-0/readme"));
    assertEquals(Part.OTHER, classify("gms/manifest.json"));
  }

  @Test
  void theSavedFormOfOneDeviceAtTheTop() throws IOException {
    file("gms_metadata.json");
    file("manifest.json");
    file("shards/shard_0000.bin");
    assertEquals(weights(""), classify("shards/shard_0000.bin"));
    assertEquals(weights(""), classify("manifest.json"));
  }

  @Test
  void weightsAsSafetensors() throws IOException {
    assertEquals(weights(""), classify("model.safetensors"));
    assertEquals(weights("a/b"), classify("a/b/model-00001-of-00002.safetensors"));
    assertEquals(weights("a"), classify("a/model.safetensors.index.json"));
    assertEquals(Part.OTHER, classify("a/safetensors"));
    assertEquals(Part.OTHER, classify("a/model.safetensors.bak"));
  }

  @Test
  void aNameAloneDoesNotMakeAnImage() throws IOException {
    file("disk.img");
    assertEquals(Part.OTHER, classify("disk.img"));
    file("inventory.img", new byte[] {1, 2, 3, 4});
    assertEquals(Part.OTHER, classify("disk.img"));
    file("short/inventory.img", new byte[] {0x16, 0x31});
    assertEquals(Part.OTHER, classify("short/inventory.img"));
  }

  @Test
  void whatCannotBeReadIsOther() throws IOException, InterruptedException {
    Process mkfifo = new ProcessBuilder("mkfifo", dir.resolve("inventory.img").toString()).start();
    assertEquals(0, mkfifo.waitFor());
    assertEquals(Part.OTHER, classify("pages-1.img"));
    assertEquals(Part.OTHER, classify("no/such/folder/pages-1.img"));
    assertEquals(Part.OTHER, classify("x".repeat(300) + "/pages-1.img"));
    Files.createDirectories(dir.resolve("link"));
    Files.createSymbolicLink(dir.resolve("link/inventory.img"), dir.resolve("inventory.img"));
    assertEquals(Part.OTHER, classify("link/pages-1.img"));
  }

  @Test
  void namesNeedNotBeUtf8() throws IOException {
    byte[] path = {
      (byte) 0xff, '/', 'm', '.', 's', 'a', 'f', 'e', 't', 'e', 'n', 's', 'o', 'r', 's'
    };
    assertEquals(weights("\ufffd"), classify(path));
    assertEquals(weights("größe"), classify("größe/m.safetensors"));
  }

  @Test
  void theFolderItselfIsOther() throws IOException {
    assertEquals(Part.OTHER, classify(""));
  }

  @Test
  void theUserKnowsBetter() throws IOException {
    ExplicitPart parts = ExplicitPart.parse("data/model=weights");
    assertEquals(weights("data/model"), classify("data/model/x.bin", parts));
    assertEquals(weights("data/model"), classify("data/model", parts));
    assertEquals(Part.OTHER, classify("data/model2", parts));
    ExplicitPart all = ExplicitPart.parse(".=rootfs-diff");
    assertEquals(rootfs(""), classify("m.safetensors", all));
    ExplicitPart umlaut = ExplicitPart.parse("größe=weights");
    assertEquals(weights("größe"), classify("größe/x", umlaut));
  }

  @ParameterizedTest
  @CsvSource({
    "a=criu, a, CRIU_IMAGES",
    "./a/b/=weights, a/b, WEIGHTS",
    "a=b=other, a=b, OTHER",
    "=rootfs-diff, '', ROOTFS_DIFF"
  })
  void explicitPartsAreWrittenAsPathAndType(String text, String path, PartType type) {
    assertEquals(new ExplicitPart(path, type), ExplicitPart.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "a, PATH=TYPE",
    "a=model, rootfs-diff",
    "/a=criu, must be relative",
    "a/../..=criu, leads out"
  })
  void otherwiseTheyAreRefused(String text, String reason) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> ExplicitPart.parse(text));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  @Test
  void pagesThatCriuCompressedAreWarnedAbout() throws IOException {
    try (LogCapture log = new LogCapture()) {
      file("inventory.img", INVENTORY);
      file("pages-1.img", new byte[4096]);
      assertEquals(criu(""), classify("pages-1.img"));
      assertEquals(List.of(), log.lines());
      file("pages-2.img", new byte[4097]);
      assertEquals(criu(""), classify("pages-2.img"));
      String line = String.join("", log.lines());
      assertTrue(line.startsWith("pages-2.img is not a whole number of pages"), line);
    }
  }
}
