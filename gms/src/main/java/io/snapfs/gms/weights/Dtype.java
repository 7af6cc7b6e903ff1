package io.snapfs.gms.weights;

import java.util.HashMap;
import java.util.Map;

/** The element types of safetensors, with their sizes and PyTorch's names for them. */
enum Dtype {
  BOOL(8, "bool"),
  F4(4, "float4_e2m1fn_x2"),
  F6_E2M3(6, "float6_e2m3fn"),
  F6_E3M2(6, "float6_e3m2fn"),
  U8(8, "uint8"),
  I8(8, "int8"),
  F8_E5M2(8, "float8_e5m2"),
  F8_E4M3(8, "float8_e4m3fn"),
  F8_E8M0(8, "float8_e8m0fnu"),
  F8_E4M3FNUZ(8, "float8_e4m3fnuz"),
  F8_E5M2FNUZ(8, "float8_e5m2fnuz"),
  I16(16, "int16"),
  U16(16, "uint16"),
  F16(16, "float16"),
  BF16(16, "bfloat16"),
  I32(32, "int32"),
  U32(32, "uint32"),
  F32(32, "float32"),
  C64(64, "complex64"),
  F64(64, "float64"),
  I64(64, "int64"),
  U64(64, "uint64");

  private static final Map<String, Dtype> BY_NAME = new HashMap<>();

  static {
    for (Dtype each : values()) {
      BY_NAME.put(each.name(), each);
    }
  }

  private final int bits;
  private final String torchName;

  Dtype(int bits, String torchName) {
    this.bits = bits;
    this.torchName = torchName;
  }

  /** The type of that name, or null. */
  static Dtype of(String name) {
    return BY_NAME.get(name);
  }

  /** Of one element. */
  int bits() {
    return bits;
  }

  /** PyTorch's name, without {@code torch.} */
  String torchName() {
    return torchName;
  }
}
