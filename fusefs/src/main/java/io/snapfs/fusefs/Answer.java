package io.snapfs.fusefs;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A question to a mount, asked on a thread of its own: a mount whose process does not run keeps who
 * asks waiting, and no signal but SIGKILL ends that.
 */
final class Answer {
  private Answer() {}

  /**
   * Asks, and waits for the answer. A question that is not answered in time keeps its thread, which
   * does not keep the JVM from ending.
   *
   * @param seconds to wait at most
   * @throws ExecutionException with what the question threw
   * @throws TimeoutException if there was no answer in time
   */
  static <T> T await(Callable<T> question, long seconds)
      throws ExecutionException, TimeoutException, InterruptedException {
    FutureTask<T> answer = new FutureTask<>(question);
    Thread asking = new Thread(answer, "snapfs-mount-answers");
    asking.setDaemon(true);
    asking.start();
    try {
      return answer.get(seconds, TimeUnit.SECONDS);
    } finally {
      if (answer.isDone()) {
        asking.join();
      }
    }
  }
}
