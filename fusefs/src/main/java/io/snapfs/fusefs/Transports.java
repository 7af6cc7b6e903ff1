package io.snapfs.fusefs;

import io.snapfs.fusefs.libfuse.LibfuseTransport;
import io.snapfs.fusefs.transport.Transport;
import java.util.List;
import java.util.stream.Collectors;

/** The transports that there are, the preferred ones first. */
public final class Transports {
  private static final List<Transport> ALL = List.of(new LibfuseTransport());

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

  /** The first that can be used in this process; if none can, the last, which then says why. */
  public static Transport preferred() {
    return ALL.stream()
        .filter(transport -> transport.unavailableReason().isEmpty())
        .findFirst()
        .orElse(ALL.get(ALL.size() - 1));
  }
}
