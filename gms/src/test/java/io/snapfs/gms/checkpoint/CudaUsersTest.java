package io.snapfs.gms.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaUsersTest {
  @ParameterizedTest
  @CsvSource({
    "/usr/lib/x86_64-linux-gnu/libcuda.so.570.86, true",
    "/dev/nvidiactl, true",
    "/usr/lib/libcudart.so.12, false", // works without a driver
    "/usr/lib/libtorch_cpu.so, false"
  })
  void aListOfFilesNamesThem(String path, boolean expected) {
    byte[] image =
        ("\u0001\u0012\u00ff" + path + "\u0000 more").getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(expected, CudaUsers.areNamedIn(image));
  }
}
