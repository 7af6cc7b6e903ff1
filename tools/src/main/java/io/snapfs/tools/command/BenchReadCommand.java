package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.MissingException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.store.Store;
import io.snapfs.fusefs.Transports;
import io.snapfs.fusefs.transport.Transport;
import io.snapfs.tools.bench.Pattern;
import io.snapfs.tools.bench.ReadPlan;
import io.snapfs.tools.bench.ReadSession;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs bench read STORE NAME[:TAG]}. */
@Command(
    name = "read",
    description = {
      "Reads a file of an artifact through a mount and shows bandwidth and latencies.",
      "It mounts the store for the time of the measurement, in a process of its own as 'snapfs"
          + " mount' does, or uses a mount that is there. With --cold every round begins with what"
          + " the kernel holds of the packs dropped and the store mounted anew; as root all caches"
          + " of the machine are dropped. A mount that is named with --mount stays as it is, with"
          + " what its process holds decoded: then the pages of the file are dropped instead."
    },
    footer = {
      "  snapfs bench read /srv/store worker:v1 --cold --rounds 5",
      "  snapfs bench read /srv/store worker:v1 --pattern random --readers 4 --seconds 10",
      "  snapfs bench read /srv/store worker:v1 --mount /mnt --file pages-1.img --json"
    })
final class BenchReadCommand extends StoreCommand {
  private static final long RANDOM_SECONDS = 5;
  private static final int MAX_READERS = 1024;
  private static final int MAX_BLOCK = 64 << 20;

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--file",
      paramLabel = "PATH",
      description = "What to read, from the artifact's root. Default: its largest file.")
  private Path file;

  @Option(
      names = "--mount",
      paramLabel = "MOUNTPOINT",
      description = "Where the store is mounted. Default: mount it for the measurement.")
  private Path mountpoint;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      description = "Of the own mount: 'kernel' or 'libfuse'. Default: as 'snapfs mount'.")
  private Transport transport;

  @Option(
      names = "--pattern",
      paramLabel = "NAME",
      defaultValue = "seq",
      description = "'seq' or 'random'. Default: ${DEFAULT-VALUE}.")
  private Pattern pattern;

  @Option(
      names = "--block",
      paramLabel = "SIZE",
      description = "Bytes of a read. Default: 1M, random 4K.")
  private ByteSize block;

  @Option(
      names = "--readers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many at a time: sequential ones each read a part of the file, random ones all of it."
              + " Default: ${DEFAULT-VALUE}.")
  private int readers;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long a round takes. Default: random 5; sequential, until all is read.")
  private Long seconds;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      description = "How much a round reads. Default: sequential, the file once.")
  private ByteSize bytes;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often to measure. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--cold", description = "Drop caches before each round.")
  private boolean cold;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  BenchReadCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    check();
    Path path = pathInArtifact(store);
    Path inMount = Path.of(artifact.name(), artifact.tag()).resolve(path);
    String used = mountpoint == null ? chosenTransport().name() : null;
    BenchReadReport report;
    try (ReadSession session = new ReadSession(store, mountpoint, used, cold)) {
      ReadPlan plan = plan(inMount, session.sizeOf(inMount));
      report = new BenchReadReport(store, artifact, path, plan, used, cold);
      for (int i = 0; i < rounds; i++) {
        report.add(session.round(plan), session.dropped());
      }
    }
    report.print(console(), json);
    return ExitCode.OK;
  }

  private Transport chosenTransport() {
    return transport == null ? Transports.preferred() : transport;
  }

  private void check() {
    refuseUnless(readers >= 1 && readers <= MAX_READERS, "--readers takes 1 to " + MAX_READERS);
    refuseUnless(rounds >= 1, "--rounds takes 1 or more");
    refuseUnless(
        block == null || (block.bytes() >= 1 && block.bytes() <= MAX_BLOCK),
        "--block takes 1 byte to 64M");
    refuseUnless(bytes == null || bytes.bytes() >= 1, "--bytes takes 1 or more");
    refuseUnless(
        seconds == null || (seconds >= 1 && seconds <= TimeUnit.DAYS.toSeconds(1)),
        "--seconds takes 1 to 86400");
    refuseUnless(
        mountpoint == null || transport == null,
        "--transport is for the own mount; with --mount it is what it is");
  }

  private void refuseUnless(boolean right, String message) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private ReadPlan plan(Path inMount, long fileBytes) {
    int size = block == null ? pattern.usualBlock() : (int) block.bytes();
    return new ReadPlan(
        inMount, fileBytes, pattern, size, readers, bytesAtMost(fileBytes), nanosAtMost());
  }

  private long bytesAtMost(long fileBytes) {
    if (bytes != null) {
      return bytes.bytes();
    }
    boolean once = pattern == Pattern.SEQUENTIAL && seconds == null;
    return once ? fileBytes : Long.MAX_VALUE;
  }

  private long nanosAtMost() {
    if (seconds != null) {
      return TimeUnit.SECONDS.toNanos(seconds);
    }
    boolean usual = pattern == Pattern.RANDOM && bytes == null;
    return usual ? TimeUnit.SECONDS.toNanos(RANDOM_SECONDS) : Long.MAX_VALUE;
  }

  /** The file that was named, or the largest. */
  private Path pathInArtifact(Store store) throws IOException {
    Manifest manifest = store.manifest(artifact);
    if (file != null) {
      Path relative = file.isAbsolute() ? Path.of("/").relativize(file) : file;
      refuseUnless(!relative.normalize().startsWith(".."), "--file must be in the artifact");
      return relative.normalize();
    }
    Node largest = null;
    for (int i = 0; i < manifest.nodeCount(); i++) {
      Node node = manifest.node(i);
      if (node.isRegular() && (largest == null || node.size() > largest.size())) {
        largest = node;
      }
    }
    if (largest == null || largest.size() == 0) {
      throw new MissingException("artifact " + artifact + " has no file to read");
    }
    return Path.of(new String(manifest.path(largest.index()), StandardCharsets.UTF_8));
  }
}
