package io.snapfs.gms.server;

import java.time.Duration;

/**
 * How a server behaves.
 *
 * @param retryEvery how long to wait before memory that could not be had is asked for again
 * @param retryWithin how long to try; null for as long as the client waits
 * @param mostConnections more are refused
 */
public record ServerOptions(Duration retryEvery, Duration retryWithin, int mostConnections) {
  public static ServerOptions defaults() {
    return new ServerOptions(Duration.ofMillis(500), null, 1024);
  }
}
