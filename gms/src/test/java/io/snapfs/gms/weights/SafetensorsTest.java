package io.snapfs.gms.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsTest {
  private static List<TensorInfo> parse(String header, long data) throws IOException {
    return Safetensors.parse("f.safetensors", header.getBytes(StandardCharsets.UTF_8), data);
  }

  @Test
  void tensorsComeInTheOrderOfTheirBytes() throws IOException {
    List<TensorInfo> tensors =
        parse(
            " \n{\"b\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[4,28]},"
                + "\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"data_offsets\":[0,4],\"shape\":[],\"dtype\":\"I32\"}} \t\r\n",
            28);
    assertEquals(
        List.of(
            new TensorInfo("a", Dtype.I32, List.of(), 0, 4),
            new TensorInfo("b", Dtype.F32, List.of(2L, 3L), 4, 28)),
        tensors);
    assertEquals(
        "{\"dtype\": \"torch.float32\", \"shape\": [2, 3], \"stride\": [3, 1], \"tensor_type\": \"parameter\"}",
        new String(tensors.get(1).metadata(), StandardCharsets.UTF_8));
  }

  @Test
  void nothingIsAllowedToBeThere() throws IOException {
    assertEquals(List.of(), parse("{}", 0));
    assertEquals(List.of(), parse("{\"__metadata__\":{}}", 0));
    assertEquals(
        0,
        parse("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0)
            .get(0)
            .length());
  }

  @Test
  void elementsOfLessThanAByte() throws IOException {
    assertEquals(
        3,
        parse("{\"a\":{\"dtype\":\"F4\",\"shape\":[6],\"data_offsets\":[0,3]}}", 3)
            .get(0)
            .length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "not JSON|[1]|begins with '{'",
        "UTF-16|{\0}\0|begins with '{'",
        "cut|{\"a\":|no JSON",
        "more behind|{} {}|something follows",
        "a comma too many|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},}|no JSON",
        "a name twice|{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|Duplicate",
        "unknown dtype|{\"a\":{\"dtype\":\"U9\",\"shape\":[2],\"data_offsets\":[0,2]}}|unknown dtype 'U9'",
        "no dtype|{\"a\":{\"shape\":[2],\"data_offsets\":[0,2]}}|no dtype",
        "no shape|{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}|no shape",
        "no offsets|{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}|no data_offsets",
        "unknown key|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":1}}|unknown key 'x'",
        "negative|{\"a\":{\"dtype\":\"U8\",\"shape\":[-2],\"data_offsets\":[0,2]}}|negative",
        "a fraction|{\"a\":{\"dtype\":\"U8\",\"shape\":[2.0],\"data_offsets\":[0,2]}}|whole number",
        "beyond 63 bits|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}}|63 bits",
        "backwards|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,0]}}|offsets [2, 0]",
        "three offsets|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1,2]}}|offsets [0, 1, 2]",
        "too short|{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,2]}}|needs 3 bytes, but has 2",
        "half bytes|{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}|whole bytes",
        "overflow|{\"a\":{\"dtype\":\"U64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,2]}}|overflows",
        "a gap|{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|neither gap nor overlap",
        "an overlap|{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|neither gap nor overlap",
        "bytes left over|{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}|take 1 bytes, but there are 2",
        "beyond the end|{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}|take 3 bytes, but there are 2",
        "metadata that is no text|{\"__metadata__\":{\"a\":1}}|expected a text",
        "metadata that is no map|{\"__metadata__\":[]}|expected an object"
      })
  void whatLiesIsRefused(String what, String header, String message) {
    CorruptException e = assertThrows(CorruptException.class, () -> parse(header, 2), what);
    assertTrue(e.getMessage().contains(message), what + ": " + e.getMessage());
    assertTrue(e.getMessage().startsWith("f.safetensors at offset "), e.getMessage());
  }

  @Test
  void damageIsAnAnswerOrTheException() {
    String header =
        "{\"__metadata__\":{\"a\":\"b\"},\"a\":{\"dtype\":\"U8\",\"shape\":[2,1],\"data_offsets\":[0,2]}}";
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] json = header.getBytes(StandardCharsets.UTF_8);
      json[random.nextInt(json.length)] = (byte) random.nextInt();
      try {
        Safetensors.parse("f", json, 2);
      } catch (CorruptException e) {
        refused++;
      } catch (IOException e) {
        throw new AssertionError("seed 7, " + i, e);
      }
    }
    assertTrue(refused > 500, "refused " + refused);
  }

  @Test
  void indexMapsTensorsToFiles() throws IOException {
    byte[] json =
        "{\"metadata\":{\"total_size\":[1]},\"weight_map\":{\"a\":\"x\",\"b\":\"y/z\"}}"
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(Map.of("a", "x", "b", "y/z"), SafetensorsIndex.parse("i", json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"weight_map\":{\"a\":\"../x\"}}|leads out",
        "{\"weight_map\":{\"a\":\"/x\"}}|leads out",
        "{\"weight_map\":{\"a\":\"x/../../y\"}}|leads out",
        "{\"weight_map\":{\"a\":\"\"}}|leads out",
        "{\"weight_map\":{\"a\":1}}|expected a text",
        "{\"metadata\":{}}|no weight_map"
      })
  void indexThatLies(String json, String message) {
    CorruptException e =
        assertThrows(
            CorruptException.class,
            () -> SafetensorsIndex.parse("i", json.getBytes(StandardCharsets.UTF_8)));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
