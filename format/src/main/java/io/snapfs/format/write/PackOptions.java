package io.snapfs.format.write;

import io.snapfs.format.Progress;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.codec.CodecPolicy;
import java.util.Map;

/**
 * How to pack.
 *
 * @param jobs threads that hash and encode, at least 1
 * @param labels the user's words about the artifact
 * @param provenance where it comes from; {@link Packer} adds nothing
 */
public record PackOptions(
    Chunking chunking,
    CodecPolicy codec,
    int jobs,
    Map<String, String> labels,
    Map<String, String> provenance,
    PartClassifier parts,
    Progress progress) {

  public PackOptions {
    if (jobs < 1) {
      throw new IllegalArgumentException("jobs must be at least 1, not " + jobs);
    }
    labels = Map.copyOf(labels);
    provenance = Map.copyOf(provenance);
  }

  /** All cores, content-defined chunks of 128 KiB, codec by trial. */
  public static PackOptions defaults() {
    return new PackOptions(
        Chunking.DEFAULT,
        CodecPolicy.AUTO,
        Runtime.getRuntime().availableProcessors(),
        Map.of(),
        Map.of(),
        PartClassifier.NONE,
        Progress.NONE);
  }

  public PackOptions withJobs(int value) {
    return new PackOptions(chunking, codec, value, labels, provenance, parts, progress);
  }

  public PackOptions withChunking(Chunking value) {
    return new PackOptions(value, codec, jobs, labels, provenance, parts, progress);
  }

  public PackOptions withCodec(CodecPolicy value) {
    return new PackOptions(chunking, value, jobs, labels, provenance, parts, progress);
  }
}
