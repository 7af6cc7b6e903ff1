package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final Console console = new Console(stream, stream, false);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesOneObjectAndALineFeed() throws IOException {
    Json.print(
        console,
        json ->
            json.put("text", "a \"b\"\n\u001b")
                .put("number", 1L << 40)
                .put("flag", true)
                .putTime("time", 0)
                .put("map", Map.of("K", "V"))
                .list("list", List.of("x", "y"), (each, element) -> each.put("is", element)));
    assertEquals(
        """
        {
          "text" : "a \\"b\\"\\n\\u001B",
          "number" : 1099511627776,
          "flag" : true,
          "time" : "1970-01-01T00:00:00Z",
          "map" : {
            "K" : "V"
          },
          "list" : [ {
            "is" : "x"
          }, {
            "is" : "y"
          } ]
        }
        """,
        printed());
  }

  @Test
  void anObjectCutShortDoesNotLookWhole() {
    assertThrows(
        IOException.class,
        () ->
            Json.print(
                console,
                json -> {
                  json.put("begun", true);
                  throw new IOException("damage");
                }));
    assertFalse(printed().contains("}"), printed());
  }
}
