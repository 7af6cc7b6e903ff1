package io.snapfs.format.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NamesTest {
  private static String display(String latin1) {
    return Manifest.display(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void showsTextAsItIs() {
    String text = "größer 日本 🚀 a b";
    assertEquals(text, Manifest.display(text.getBytes(StandardCharsets.UTF_8)));
    assertEquals("", display(""));
  }

  @Test
  void showsOtherBytesInHex() {
    assertEquals("a\\xff\\xfeb", display("a\u00ff\u00feb"));
    assertEquals("cut \\xe6\\x97", display("cut \u00e6\u0097"));
    assertEquals("\\xed\\xa0\\x80", display("\u00ed\u00a0\u0080"));
  }

  @Test
  void escapesWhatCouldFoolATerminal() {
    assertEquals("\\x1b[2J\\x00\\x0a\\x7f", display("\u001b[2J\0\n\u007f"));
    assertEquals("a\\\\xff", display("a\\xff"));
    assertEquals(
        "\\u202egnp.exe\\u0085",
        Manifest.display("\u202egnp.exe\u0085".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void knowsWhichNamesAreAllowed() {
    for (String good : new String[] {"a", "...", ".a", "..a", "\u00ff", "a".repeat(255), "\n"}) {
      assertNull(Names.problem(good.getBytes(StandardCharsets.ISO_8859_1)), good);
    }
    for (String bad : new String[] {"", ".", "..", "/", "a/", "a\0", "a".repeat(256)}) {
      assertNotNull(Names.problem(bad.getBytes(StandardCharsets.ISO_8859_1)), bad);
    }
  }
}
