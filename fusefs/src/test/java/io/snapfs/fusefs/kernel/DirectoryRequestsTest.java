package io.snapfs.fusefs.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.linux.Errno;
import io.snapfs.linux.LinuxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DirectoryRequestsTest extends RequestTestBase {
  private static final List<String> NAMES =
      List.of(".", "..", "file", "damaged", "broken-not", "x".repeat(255));
  private static final int ENTRY = 128;
  private static final int NAME = 24;

  private long openDirectory(long inode, int flags) throws LinuxException {
    ByteBuffer opened = ask(Opcode.OPENDIR, inode, RequestBytes.open(0));
    assertEquals(flags, opened.getInt(8));
    return opened.getLong(0);
  }

  /** Name and, behind a colon, the inode that is told with it. */
  private static List<String> entries(ByteBuffer body, int prefix, long firstCookie) {
    List<String> found = new ArrayList<>();
    long cookie = firstCookie;
    for (int at = 0; at < body.limit(); ) {
      int dirent = at + prefix;
      assertEquals(SampleView.FILE, body.getLong(dirent));
      assertEquals(++cookie, body.getLong(dirent + 8));
      int length = body.getInt(dirent + 16);
      assertEquals(8, body.getInt(dirent + 20));
      byte[] name = new byte[length];
      body.get(dirent + NAME, name);
      String told = prefix == 0 ? "" : ":" + body.getLong(at);
      found.add(new String(name, StandardCharsets.ISO_8859_1) + told);
      at = dirent + (NAME + length + 7 & -8);
    }
    return found;
  }

  @Test
  void aListingIsCutWhereItIsFullAndGoesOn() throws LinuxException {
    long handle = openDirectory(SampleView.DIRECTORY, 2 | 8);
    List<String> found = new ArrayList<>();
    while (true) {
      byte[] body = RequestBytes.read(handle, found.size(), 300);
      ByteBuffer listing = ask(Opcode.READDIR, SampleView.DIRECTORY, body);
      if (!listing.hasRemaining()) {
        break;
      }
      found.addAll(entries(listing, 0, found.size()));
    }
    assertEquals(NAMES, found);
    ask(Opcode.RELEASEDIR, SampleView.DIRECTORY, RequestBytes.release(handle));
    assertEquals(0, view.openHandles());
  }

  @Test
  void aSettledDirectoryTellsWhatItsEntriesAre() throws LinuxException {
    long handle = openDirectory(SampleView.DIRECTORY, 2 | 8);
    byte[] body = RequestBytes.read(handle, 0, 4096);
    ByteBuffer listing = ask(Opcode.READDIRPLUS, SampleView.DIRECTORY, body);
    assertEquals(
        List.of(
            ".:0",
            "..:0",
            "file:" + SampleView.FILE,
            "damaged:0",
            "broken-not:0",
            NAMES.get(5) + ":0"),
        entries(listing, ENTRY, 0));
    int file = 2 * (ENTRY + 32);
    assertEquals(0100640, listing.getInt(file + 40 + 60));
    assertEquals(SampleView.SIZE, listing.getLong(file + 40 + 8));
    assertEquals(0, listing.getLong(file + ENTRY + 32 + 16), "nothing is kept of what is damaged");
  }

  @Test
  void aFullListingWithAttributesGoesOn() throws LinuxException {
    long handle = openDirectory(SampleView.DIRECTORY, 2 | 8);
    List<String> found = new ArrayList<>();
    for (int size : new int[] {ENTRY + 31, 2 * (ENTRY + 32) - 1, 500, 407, 408}) {
      byte[] body = RequestBytes.read(handle, found.size(), size);
      ByteBuffer listing = ask(Opcode.READDIRPLUS, SampleView.DIRECTORY, body);
      found.addAll(entries(listing, ENTRY, found.size()));
    }
    assertEquals(NAMES, found.stream().map(name -> name.replaceAll(":.*", "")).toList());
  }

  @Test
  void aChangingDirectoryIsNotKeptAndTellsNamesOnly() throws LinuxException {
    long handle = openDirectory(1, 0);
    ByteBuffer listing = ask(Opcode.READDIRPLUS, 1, RequestBytes.read(handle, 0, 4096));
    assertEquals(NAMES.stream().map(name -> name + ":0").toList(), entries(listing, ENTRY, 0));
  }

  @Test
  void oddListingsAreAnswered() throws LinuxException {
    long handle = openDirectory(SampleView.DIRECTORY, 2 | 8);
    assertEquals(0, ask(Opcode.READDIR, 2, RequestBytes.read(handle, 0, 0)).remaining());
    assertEquals(0, ask(Opcode.READDIR, 2, RequestBytes.read(handle, 77, 4096)).remaining());
    ByteBuffer huge = ask(Opcode.READDIR, 2, RequestBytes.read(handle, 0, -1));
    assertEquals(NAMES, entries(huge, 0, 0));
    assertErrno(Errno.EBADF, Opcode.READDIR, 2, RequestBytes.read(handle + 1, 0, 4096));
    assertErrno(Errno.EBADF, Opcode.READDIRPLUS, 2, RequestBytes.read(-1, 0, 4096));
    assertErrno(Errno.EBADF, Opcode.RELEASEDIR, 2, RequestBytes.release(handle + 1));
    assertErrno(Errno.ESTALE, Opcode.OPENDIR, 99, RequestBytes.open(0));
    directories.closeAll();
    assertEquals(0, view.openHandles());
  }
}
