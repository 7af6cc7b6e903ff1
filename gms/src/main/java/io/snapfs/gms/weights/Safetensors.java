package io.snapfs.gms.weights;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the headers of safetensors files.
 *
 * <pre>
 *   0    8                8 + N                    end of the file
 *   +----+----------------+------------------------+
 *   | N  | JSON, N bytes  | data, tiled by tensors |
 *   +----+----------------+------------------------+
 * </pre>
 */
final class Safetensors {
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER = 100_000_000;
  private static final String METADATA = "__metadata__";

  /**
   * A file's tensors.
   *
   * @param dataOffset where in the file the data begins
   * @param tensors in the order of their bytes
   */
  record Header(long dataOffset, List<TensorInfo> tensors) {}

  private Safetensors() {}

  /** Reads and checks the header of a file. */
  static Header read(ArtifactFiles.File file) throws IOException {
    if (file.size() < LENGTH_BYTES) {
      throw new CorruptException(
          file.name(), 0, file.size() + " bytes are too few for a safetensors file");
    }
    ByteBuffer first = ByteBuffer.wrap(file.read(0, LENGTH_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    long length = first.getLong(0);
    if (length < 0 || length > MAX_HEADER || length > file.size() - LENGTH_BYTES) {
      throw new CorruptException(
          file.name(),
          0,
          "a header of "
              + Long.toUnsignedString(length)
              + " bytes in a file of "
              + file.size()
              + "; at most "
              + MAX_HEADER
              + " are allowed");
    }
    long dataOffset = LENGTH_BYTES + length;
    byte[] json = file.read(LENGTH_BYTES, (int) length);
    return new Header(dataOffset, parse(file.name(), json, file.size() - dataOffset));
  }

  /**
   * Checks a header.
   *
   * @param resource the file's name
   * @param json what lies between the length and the data
   * @param dataLength bytes that follow
   */
  static List<TensorInfo> parse(String resource, byte[] json, long dataLength) throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    try (JsonInput in = new JsonInput(resource, json, LENGTH_BYTES)) {
      in.object(
          key -> {
            if (key.equals(METADATA)) {
              in.object(name -> in.text());
            } else {
              tensors.add(tensor(in, key));
            }
          });
      in.end();
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long covered = 0;
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() != covered) {
        throw new CorruptException(
            resource,
            LENGTH_BYTES + json.length + covered,
            "tensor '%s' begins at %d of the data, but those before end at %d: there must be neither gap nor overlap"
                .formatted(tensor.name(), tensor.begin(), covered));
      }
      covered = tensor.end();
    }
    if (covered != dataLength) {
      throw new CorruptException(
          resource,
          LENGTH_BYTES + json.length + Math.min(covered, dataLength),
          "the tensors take %d bytes, but there are %d".formatted(covered, dataLength));
    }
    return List.copyOf(tensors);
  }

  private static TensorInfo tensor(JsonInput in, String name) throws IOException {
    Map<String, Object> found = new HashMap<>();
    in.object(
        key -> {
          switch (key) {
            case "dtype" -> found.put(key, dtype(in));
            case "shape", "data_offsets" -> {
              List<Long> numbers = new ArrayList<>();
              in.list(() -> numbers.add(in.count()));
              found.put(key, List.copyOf(numbers));
            }
            default ->
                throw in.failure("tensor '" + name + "' has an unknown key '" + key + "'", null);
          }
        });
    if (!(found.get("dtype") instanceof Dtype dtype)) {
      throw in.failure("tensor '" + name + "' has no dtype", null);
    }
    List<Long> shape = numbers(in, name, found, "shape");
    List<Long> offsets = numbers(in, name, found, "data_offsets");
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw in.failure("tensor '" + name + "' has the offsets " + offsets, null);
    }
    TensorInfo tensor = new TensorInfo(name, dtype, shape, offsets.get(0), offsets.get(1));
    long expected = bytes(in, tensor);
    if (tensor.length() != expected) {
      throw in.failure(
          "tensor '%s' of %s %s needs %d bytes, but has %d"
              .formatted(name, dtype, shape, expected, tensor.length()),
          null);
    }
    return tensor;
  }

  private static Dtype dtype(JsonInput in) throws IOException {
    String name = in.text();
    Dtype dtype = Dtype.of(name);
    if (dtype == null) {
      throw in.failure("unknown dtype '" + name + "'", null);
    }
    return dtype;
  }

  @SuppressWarnings("unchecked") // put there as a list of numbers
  private static List<Long> numbers(
      JsonInput in, String name, Map<String, Object> found, String key) throws IOException {
    if (!found.containsKey(key)) {
      throw in.failure("tensor '" + name + "' has no " + key, null);
    }
    return (List<Long>) found.get(key);
  }

  private static long bytes(JsonInput in, TensorInfo tensor) throws IOException {
    try {
      long bits = tensor.dtype().bits();
      for (long n : tensor.shape()) {
        bits = Math.multiplyExact(bits, n);
      }
      if (bits % Byte.SIZE != 0) {
        throw in.failure(
            "tensor '" + tensor.name() + "' does not take whole bytes: " + bits + " bits", null);
      }
      return bits / Byte.SIZE;
    } catch (ArithmeticException e) {
      throw in.failure("the shape of tensor '" + tensor.name() + "' overflows", e);
    }
  }
}
