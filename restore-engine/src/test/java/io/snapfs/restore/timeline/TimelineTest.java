package io.snapfs.restore.timeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TimelineTest {
  @Test
  void stepsComeInTheOrderOfBeginning() {
    Timeline timeline = new Timeline(1000);
    timeline.add("criu", "forks", 1500, 1700);
    timeline.add("criu", "restore", 1500, 2000);
    timeline.add(Timeline.SNAPFS, "open the store", 1100, 1200);
    assertEquals(
        List.of(
            new Step(Timeline.SNAPFS, "open the store", 100, 100),
            new Step("criu", "restore", 500, 500),
            new Step("criu", "forks", 500, 200)),
        timeline.steps());
  }

  @Test
  void whatBeganBeforeTheTimelineIsCut() {
    Timeline timeline = new Timeline(1000);
    timeline.add("criu", "early", 900, 1400);
    timeline.add("criu", "earlier", 800, 900);
    assertEquals(
        List.of(new Step("criu", "early", 0, 400), new Step("criu", "earlier", 0, 0)),
        timeline.steps());
  }

  @Test
  void aStepIsAddedOnceWhenItIsClosed() {
    Timeline timeline = new Timeline();
    Timeline.Running running = timeline.start("mount");
    assertEquals(List.of(), timeline.steps());
    running.close();
    running.close();
    timeline.mark("worker", "first output");
    List<Step> steps = timeline.steps();
    assertEquals(List.of("mount", "first output"), steps.stream().map(Step::name).toList());
    assertEquals(0, steps.get(1).nanos());
    assertTrue(steps.get(1).startNanos() >= steps.get(0).endNanos());
  }
}
