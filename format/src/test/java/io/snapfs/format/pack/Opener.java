package io.snapfs.format.pack;

import io.snapfs.format.PackId;
import io.snapfs.format.blob.MemoryBlob;
import java.io.IOException;
import java.util.List;

/** The two ways to open a pack, for tests of what both must refuse. */
interface Opener {
  List<Opener> ALL = List.of(Opener::asFile, Opener::asIndex);

  void open(byte[] bytes, PackId expected) throws IOException;

  static void asFile(byte[] bytes, PackId expected) throws IOException {
    PackFile.open(MemoryBlob.reader(SamplePack.NAME, bytes), expected, -1).close();
  }

  static void asIndex(byte[] bytes, PackId expected) throws IOException {
    PackIndex.open(MemoryBlob.reader(SamplePack.NAME, bytes), expected);
  }
}
