package io.snapfs.fusefs;

import io.snapfs.fusefs.kernel.KernelTransport;
import io.snapfs.fusefs.libfuse.LibfuseTransport;
import io.snapfs.fusefs.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The transports that there are, the preferred ones first. */
public final class Transports {
  private static final System.Logger LOG = System.getLogger(Transports.class.getName());
  private static final List<Transport> ALL = List.of(new KernelTransport(), new LibfuseTransport());

  private Transports() {}

  /**
   * The transport of a name.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static Transport named(String name) {
    return ALL.stream()
        .filter(transport -> transport.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown transport '"
                        + name
                        + "'; known are "
                        + ALL.stream().map(Transport::name).collect(Collectors.joining(", "))));
  }

  /**
   * The first that can be used in this process; the log says why not a better one. If none can, the
   * last, which then says why.
   */
  public static Transport preferred() {
    Transport last = ALL.get(ALL.size() - 1);
    for (Transport transport : ALL) {
      Optional<String> reason = transport.unavailableReason();
      if (transport == last || reason.isEmpty()) {
        return transport;
      }
      LOG.log(
          System.Logger.Level.INFO,
          "transport " + transport.name() + ", which is faster, can't be used: " + reason.get());
    }
    return last;
  }
}
