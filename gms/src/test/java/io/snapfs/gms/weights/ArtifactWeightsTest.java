package io.snapfs.gms.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.gms.weights.WeightsLayout.Segment;
import io.snapfs.gms.weights.WeightsLayout.Slab;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArtifactWeightsTest {
  @TempDir private Path folder;
  private Path source;

  @BeforeEach
  void makeSource() throws IOException {
    source = Files.createDirectories(folder.resolve("source"));
  }

  private List<WeightsLayout> read(int devices) throws IOException {
    try (Store store = Store.openOrCreate(folder.resolve("store"));
        OpenArtifact artifact =
            store.openArtifact(WeightFiles.pack(store, source, CodecPolicy.AUTO))) {
      return ArtifactWeights.read(artifact, devices);
    }
  }

  private void refused(Class<? extends SnapfsException> type, String message) {
    SnapfsException e = assertThrows(type, () -> read(1));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void safetensorsGetSlabsOfTheirOwn() throws IOException {
    byte[] first = WeightFiles.bf16(1000, 1);
    byte[] second = WeightFiles.bf16(2048, 2);
    Files.createDirectory(source.resolve("model"));
    Files.write(
        source.resolve("model/m.safetensors"),
        WeightFiles.tensors("t", first, second, new byte[0]));
    WeightsLayout layout = read(2).get(1);
    assertEquals(List.of(new Slab(1024 + 2048, "weights")), layout.slabs());
    assertEquals(List.of(1000L, 2048L), layout.segments().stream().map(Segment::length).toList());
    assertEquals(List.of(0L, 1024L), layout.segments().stream().map(Segment::slabOffset).toList());
    assertEquals(
        List.of("t.0", "t.1", "t.2"),
        layout.names().stream().map(WeightsLayout.Name::key).toList());
    assertEquals(3048, layout.bytes());
  }

  @Test
  void neighboursAreOneSegment() throws IOException {
    Files.write(
        source.resolve("m.safetensors"),
        WeightFiles.tensors("t", WeightFiles.bf16(512, 1), WeightFiles.bf16(512, 2)));
    assertEquals(1, read(1).get(0).segments().size());
  }

  @Test
  void indexSaysWhichFilesCount() throws IOException {
    Files.write(source.resolve("a.safetensors"), WeightFiles.tensors("a", WeightFiles.bf16(10, 1)));
    Files.write(source.resolve("b.safetensors"), WeightFiles.tensors("b", WeightFiles.bf16(10, 1)));
    Files.write(source.resolve("other.safetensors"), new byte[] {1});
    Files.writeString(
        source.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"b.0\":\"b.safetensors\",\"a.0\":\"a.safetensors\"}}");
    assertEquals(
        List.of("a.0", "b.0"),
        read(1).get(0).names().stream().map(WeightsLayout.Name::key).toList());
  }

  @Test
  void indexThatNamesWhatIsNotThere() throws IOException {
    Files.write(source.resolve("a.safetensors"), WeightFiles.tensors("a", WeightFiles.bf16(10, 1)));
    Path index = source.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"a.1\":\"a.safetensors\"}}");
    refused(CorruptException.class, "no tensor 'a.1'");
  }

  @Test
  void indexThatNamesAFileThatIsNotThere() throws IOException {
    Path index = source.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"a.1\":\"c.safetensors\"}}");
    refused(CorruptException.class, "no file 'c.safetensors'");
  }

  @Test
  void theSameTensorInTwoFiles() throws IOException {
    for (String name : List.of("a", "b")) {
      Files.write(
          source.resolve(name + ".safetensors"), WeightFiles.tensors("t", WeightFiles.bf16(10, 1)));
    }
    refused(CorruptException.class, "is in a.safetensors as well");
  }

  @Test
  void headersThatLieAboutTheirLength() throws IOException {
    for (long length : new long[] {-1, 9, 1L << 40, 100_000_001}) {
      ByteBuffer file = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(length).put("{}      ".getBytes(StandardCharsets.UTF_8));
      Files.write(source.resolve("m.safetensors"), file.array());
      try (Store store = Store.openOrCreate(folder.resolve("store" + length));
          OpenArtifact artifact =
              store.openArtifact(WeightFiles.pack(store, source, CodecPolicy.AUTO))) {
        CorruptException e =
            assertThrows(CorruptException.class, () -> ArtifactWeights.read(artifact, 1));
        assertEquals(0, e.offset());
        assertTrue(e.getMessage().contains("m.safetensors"), e.getMessage());
      }
    }
  }

  @Test
  void fileThatIsTooShort() throws IOException {
    Files.write(source.resolve("m.safetensors"), new byte[7]);
    refused(CorruptException.class, "too few");
  }

  @Test
  void savedFormOfOneDevice() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(5000, 1), WeightFiles.bf16(70, 2));
    WeightsLayout layout = read(1).get(0);
    assertEquals(List.of(new Slab(5000, "weights"), new Slab(70, "weights")), layout.slabs());
    assertEquals(5000, layout.segments().get(1).fileOffset());
    assertEquals("h", layout.layoutHash());
    assertEquals("t1", layout.names().get(1).key());
    assertArrayEquals(new byte[] {1, -1}, layout.names().get(1).value());
  }

  @Test
  void savedFormsOfSeveralDevicesInTheOrderOfTheirNumbers() throws IOException {
    for (int device : new int[] {10, 2}) {
      WeightFiles.saved(
          source.resolve("sub/device-" + device), WeightFiles.bf16(1000 + device, device));
    }
    assertEquals(List.of(1002L, 1010L), read(2).stream().map(WeightsLayout::bytes).toList());
    SnapfsException e = assertThrows(SnapfsException.class, () -> readAgain(3));
    assertTrue(e.getMessage().contains("2 devices, not of 3"), e.getMessage());
  }

  private List<WeightsLayout> readAgain(int devices) throws IOException {
    try (Store store = Store.open(folder.resolve("store"));
        OpenArtifact artifact = store.openArtifact(store.artifacts().get(0))) {
      return ArtifactWeights.read(artifact, devices);
    }
  }

  @Test
  void savedFormThatLies() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(5000, 1));
    Path manifest = source.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"size\":5000", "\"size\":5001"));
    refused(CorruptException.class, "5001 bytes at offset 0");
  }

  @Test
  void savedFormThatNamesAnotherFile() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(5000, 1));
    Path manifest = source.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("shards/shard_0000", "../shard_0000"));
    refused(CorruptException.class, "no file '../shard_0000.bin'");
  }

  @Test
  void nameBehindTheEndOfItsAllocation() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(5000, 1));
    Path metadata = source.resolve("gms_metadata.json");
    Files.writeString(
        metadata,
        Files.readString(metadata).replace("\"offset_bytes\":0", "\"offset_bytes\":5001"));
    refused(CorruptException.class, "which has 5000 bytes");
  }

  @Test
  void nameOfAnAllocationThatIsNotThere() throws IOException {
    WeightFiles.saved(source, WeightFiles.bf16(5000, 1));
    Path metadata = source.resolve("gms_metadata.json");
    Files.writeString(metadata, Files.readString(metadata).replace("\"a0\"", "\"b0\""));
    refused(CorruptException.class, "is not there");
  }

  @Test
  void artifactWithoutWeights() throws IOException {
    Files.write(source.resolve("file"), new byte[10]);
    refused(MissingException.class, "has no weights");
  }
}
