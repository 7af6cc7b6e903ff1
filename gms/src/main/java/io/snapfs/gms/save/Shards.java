package io.snapfs.gms.save;

import io.snapfs.format.write.FileContents;
import io.snapfs.linux.Addresses;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which allocation lies in which shard, in order, up to 4 GiB in each unless one is longer. */
final class Shards {
  static final String FOLDER = "shards";

  private static final long MOST = 4L << 30;

  private final CommittedWeights weights;
  private final List<Shard> shards = new ArrayList<>();
  private final int[] shardOf;
  private final long[] offsetOf;

  /** Allocations, by their numbers, that follow one another in one file. */
  private static final class Shard {
    final List<Integer> allocations = new ArrayList<>();
    long length;
  }

  Shards(CommittedWeights weights) {
    this.weights = weights;
    int count = weights.allocations().size();
    shardOf = new int[count];
    offsetOf = new long[count];
    for (int i = 0; i < count; i++) {
      long size = weights.allocations().get(i).size();
      if (shards.isEmpty() || last().length + size > MOST) {
        shards.add(new Shard());
      }
      shardOf[i] = shards.size() - 1;
      offsetOf[i] = last().length;
      last().allocations.add(i);
      last().length += size;
    }
  }

  private Shard last() {
    return shards.get(shards.size() - 1);
  }

  int count() {
    return shards.size();
  }

  /** Bytes of a shard. */
  long length(int shard) {
    return shards.get(shard).length;
  }

  /** Path of a shard in the folder of its device. */
  static String path(int shard) {
    return String.format(Locale.ROOT, "%s/shard_%04d.bin", FOLDER, shard);
  }

  /** Path of the shard that holds an allocation. */
  String pathOf(int allocation) {
    return path(shardOf[allocation]);
  }

  /** Where in its shard an allocation begins. */
  long offsetOf(int allocation) {
    return offsetOf[allocation];
  }

  /** The bytes of a shard, from the device. */
  FileContents.Bytes bytes(int shard) {
    return (target, offset) -> read(shards.get(shard), target, offset);
  }

  private int read(Shard shard, ByteBuffer target, long offset) throws IOException {
    for (int allocation : shard.allocations) {
      long from = offset - offsetOf[allocation];
      long size = weights.allocations().get(allocation).size();
      if (from >= 0 && from < size) {
        int length = (int) Math.min(target.remaining(), size - from);
        long to = Addresses.of(target) + target.position();
        weights.context().copyToHost(to, weights.address(allocation) + from, length);
        return length;
      }
    }
    return 0;
  }
}
