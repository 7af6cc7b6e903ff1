package io.snapfs.restore.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Excerpts of logs of CRIU 4.1.1 and 4.2.1 on Linux 6.18, provoked with real processes. */
final class CriuFailuresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(00.035420) Error (criu/cr-restore.c:1237): Can't fork for 15840: File exists"
            + "| process id 15840 is in use",
        "(00.061202)  15840: Error (criu/files-reg.c:2353): Can't open file var/tmp/x/data on"
            + " restore: No such file or directory| the file /var/tmp/x/data, which the process has"
            + " open, is missing",
        "(00.075193)  16763: Error (criu/files-reg.c:2175): File var/tmp/x/mysleep has bad size"
            + " 44016 (expect 43888)| the file /var/tmp/x/mysleep was changed after the dump (it"
            + " has 44016 bytes, had 43888)",
        "(00.044275)  16856: Error (criu/sk-inet.c:1059): inet: Can't bind inet socket (id 27):"
            + " Address already in use| a port that the process listens on is in use",
        "(00.041506) Error (criu/uffd.c:349): uffd: connect to lazy-pages.socket failed: No such"
            + " file or directory| the page server can't be reached",
        "(00.055139) Error (criu/cgroup.c:1877): cg: Abort restore of existing cgroups"
            + "| cgroups of the process exist already",
        "(00.076900) No core-19771.img image| the dump is incomplete: core-19771.img is missing",
        "(00.062623) Error (criu/cr-restore.c:517): Can't open core data for 19771"
            + "| core-19771.img of the dump is damaged",
        "(00.104187)  19771: Error (criu/protobuf.c:101): Failed unpacking object 0x7f4e8fdf4128"
            + " from /var/tmp/x/g4/mm-19771.img| mm-19771.img is damaged",
        "(00.098064) pie: 19771: Error (criu/pie/restorer.c:1907): Can't read pages data (-9)"
            + "| the pages of the dump can't be read",
        "(00.042080) Warn  (compel/src/lib/infect.c:133): Unable to interrupt task: 999999 (No such"
            + " process)| there is no process 999999",
        "(00.023174) Warn  (compel/src/lib/infect.c:133): Unable to interrupt task: 12951"
            + " (Operation not permitted)| process 12951 can't be stopped",
        "(00.065301) Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using"
            + " --tcp-established option.| the process has an open TCP connection",
        "(00.073178) Error (criu/sk-unix.c:874): unix: External socket is used. Consider using"
            + " --ext-unix-sk option.| the process is connected to another one by a unix socket",
        "(00.062959) Error (criu/file-lock.c:110): Some file locks are hold by dumping tasks! You"
            + " can try --file-locks to dump them.| the process holds file locks",
        "(00.054208) Error (criu/files-reg.c:1122): Can't create link remap for /var/tmp/x/deleted."
            + " Use link-remap option.| the process has /var/tmp/x/deleted open, which was deleted",
        "(00.073799) Error (criu/tty.c:410): tty: Found slave peer index 0 without correspond"
            + " master peer| the process is attached to a terminal",
        "(00.055683) Error (criu/pstree.c:304): The root process 19622 is not a session leader."
            + " Consider using --shell-job option| process 19622 belongs to the session of a shell",
        "(00.043757) Error (criu/sockets.c:628): sockets: Can't get 1:16 opt: Operation not"
            + " supported| this CRIU can't dump sockets on Linux 6.16 and newer",
        "(00.065382) Error (criu/files-ext.c:94): Can't dump file 3 of that type [20600] (chr"
            + " 10:229)| the process has something open that CRIU can't dump: descriptor 3, chr"
            + " 10:229",
        "(00.042019) Error (criu/parasite-syscall.c:280): Can't retrieve FDs from socket"
            + "| the process has something open that can't be handed over",
        "(00.044013) Error (criu/page-xfer.c:263): page-xfer: Unable to spice data: No space left"
            + " on device| there is no space left for what CRIU writes",
        "CRIU needs to have the CAP_SYS_ADMIN or the CAP_CHECKPOINT_RESTORE capability:"
            + "| CRIU needs root",
        "/opt/criu.bin: unrecognized option '--foo'| CRIU has no option --foo",
      })
  void oneSentenceForEachCause(String line, String beginning) {
    String log =
        "(00.041395) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self:"
            + " Operation not permitted\n"
            + line
            + "\n(00.05) Restoring\n"
            + "(00.042113) Error (criu/cr-dump.c:2111): Dumping FAILED.\n";
    String reason = CriuLog.parse(log).reason().orElseThrow();
    assertTrue(reason.startsWith(beginning), reason);
    assertTrue(reason.indexOf('$') < 0, reason);
  }

  @Test
  void theCauseIsToldNotWhatFollowsIt() {
    String log =
        """
        (00.038930) Warn  (compel/src/lib/infect.c:132): Unable to interrupt task: 19648 (Operation not permitted)
        (00.038975) Error (compel/src/lib/infect.c:260): The criu itself is within dumped tree.
        (00.039184) Error (criu/cr-dump.c:2111): Dumping FAILED.
        """;
    assertTrue(
        CriuLog.parse(log).reason().orElseThrow().startsWith("the process is an ancestor"),
        CriuLog.parse(log).reason().orElseThrow());
  }

  @Test
  void anUnknownCauseIsShownAsItIs() {
    String log =
        """
        (00.041395) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
        (00.05) what happened before
        (00.055000)   1234: Error (criu/new.c:1): Something that nobody has seen
        (00.055100) Error (criu/cr-restore.c:2331): Restoring FAILED.
        """;
    assertEquals(Optional.of("Something that nobody has seen"), CriuLog.parse(log).reason());
    assertEquals(Optional.empty(), CriuLog.parse("(00.000001) all is well\n").reason());
  }

  @Test
  void timesAreThoseOfTheLog() {
    CriuLog log = CriuLog.parse("(599.133054) pie: 19771: Preadv\nno time\n");
    assertEquals(new CriuLog.Line(599_133_054_000L, "Preadv"), log.lines().get(0));
    assertEquals(new CriuLog.Line(0, "no time"), log.lines().get(1));
  }

  @Test
  void versionsAreOrdered() {
    CriuVersion debian12 = CriuVersion.find("Version: 3.17.1\n").orElseThrow();
    assertEquals(new CriuVersion(3, 17, 1), debian12);
    assertTrue(CriuVersion.find("Version: 4.2 (gitid 0)").orElseThrow().compareTo(debian12) > 0);
    assertEquals(Optional.empty(), CriuVersion.find("Version: x"));
  }
}
