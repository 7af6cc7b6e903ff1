package io.snapfs.gms.load;

import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Owns the targets of all devices, which are opened in the background, several at once. {@link
 * #await} is for any thread, the rest for the one that made it.
 */
final class Targets implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Targets.class.getName());

  private static final long WAIT_SECONDS = 1;

  private final List<CompletableFuture<DeviceStreams>> opening = new ArrayList<>();
  private final CompletableFuture<List<DeviceStreams>> all;
  private volatile long openedNanos;
  private final List<CompletableFuture<Void>> late = new ArrayList<>();

  Targets(List<WeightsLayout> layouts, Target.Opener opener, int streams, Phases phases) {
    long start = System.nanoTime();
    for (int device = 0; device < layouts.size(); device++) {
      CompletableFuture<DeviceStreams> future = new CompletableFuture<>();
      opening.add(future);
      int number = device;
      Thread thread =
          new Thread(
              () -> open(future, opener, number, layouts.get(number), streams),
              "open device " + device);
      thread.setDaemon(true);
      thread.start();
    }
    all =
        CompletableFuture.allOf(opening.toArray(CompletableFuture[]::new))
            .thenApply(
                nothing -> {
                  openedNanos = phases.add(Phase.CONNECT, start);
                  List<DeviceStreams> opened =
                      opening.stream().map(CompletableFuture::join).toList();
                  opened.stream()
                      .mapToLong(each -> each.target().lockNanos())
                      .max()
                      .ifPresent(nanos -> phases.addNanos(Phase.LOCK, nanos));
                  return opened;
                });
  }

  private static void open(
      CompletableFuture<DeviceStreams> future,
      Target.Opener opener,
      int device,
      WeightsLayout layout,
      int streams) {
    Target target = null;
    try {
      target = opener.open(device, layout);
      future.complete(new DeviceStreams(target, streams));
    } catch (IOException | RuntimeException | Error e) {
      if (target != null) {
        closeAfter(e, target);
      }
      future.completeExceptionally(e);
    }
  }

  private static void closeAfter(Throwable cause, Target target) {
    try {
      target.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Waits until all are open; the same list every time. */
  List<DeviceStreams> await() throws IOException {
    try {
      return all.get();
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure =
          new InterruptedIOException("interrupted while waiting for device memory");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Whether {@link #await} would return at once, or throw. */
  boolean isDone() {
    return all.isDone();
  }

  /** Has {@link #await} throw, unless all are open: nobody wants them any more. */
  void giveUp(Throwable why) {
    all.completeExceptionally(
        why instanceof IOException || why instanceof RuntimeException || why instanceof Error
            ? why
            : new IOException(why.toString(), why));
  }

  /** When all were open, by {@link System#nanoTime}; known after {@link #await}. */
  long openedNanos() {
    return openedNanos;
  }

  /** All, if all are open; else none, and then nobody has got any from {@link #await}. */
  List<DeviceStreams> opened() {
    return all.isDone() && !all.isCompletedExceptionally() ? all.join() : List.of();
  }

  private static IOException rethrown(Throwable cause) {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return (IOException) cause;
  }

  /**
   * Closes those that are open; all copies are done by then. One that is still being opened is
   * waited for a little; if that takes longer, as where somebody else holds the memory, it is
   * closed as soon as it is open.
   */
  @Override
  public void close() throws IOException {
    awaitOpening();
    IOException failure = null;
    for (CompletableFuture<DeviceStreams> each : opening) {
      if (!each.isDone()) {
        late.add(each.thenAccept(Targets::closeLate));
      } else if (!each.isCompletedExceptionally()) {
        try {
          close(each.join());
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void awaitOpening() {
    try {
      CompletableFuture.allOf(opening.toArray(CompletableFuture[]::new))
          .get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.DEBUG, "not all devices were opened", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(DeviceStreams opened) throws IOException {
    try {
      opened.close();
    } finally {
      opened.target().close();
    }
  }

  private static void closeLate(DeviceStreams opened) {
    try {
      close(opened);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "device memory that came too late can't be given back", e);
    }
  }
}
