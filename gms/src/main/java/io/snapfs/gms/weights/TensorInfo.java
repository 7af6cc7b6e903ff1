package io.snapfs.gms.weights;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A tensor of a safetensors file.
 *
 * @param begin where its bytes begin, counted from the data's begin
 * @param end behind its last byte
 */
record TensorInfo(String name, Dtype dtype, List<Long> shape, long begin, long end) {
  long length() {
    return end - begin;
  }

  /** How the worker library and existing clients keep a tensor's description: JSON, keys sorted. */
  byte[] metadata() {
    StringBuilder json = new StringBuilder("{\"dtype\": \"torch.");
    json.append(dtype.torchName()).append("\", \"shape\": ").append(shape);
    json.append(", \"stride\": ").append(strides()).append(", \"tensor_type\": \"parameter\"}");
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Of a dense tensor, in elements. */
  private List<Long> strides() {
    Long[] strides = new Long[shape.size()];
    long step = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape.get(i)); // the product was checked, but for tensors with a 0
    }
    return List.of(strides);
  }
}
