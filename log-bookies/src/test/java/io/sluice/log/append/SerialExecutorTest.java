package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SerialExecutorTest {

  private static final int CALLERS = 4;
  private static final int TASKS = 50_000;

  private final Deque<Runnable> handedOn = new ArrayDeque<>();
  private final SerialExecutor serial = new SerialExecutor(handedOn::add);
  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskRunsHereIfNothingElseDoes() {
    serial.executeHere(() -> done.add("a"));
    assertThat(done).containsExactly("a");
    assertThat(handedOn).isEmpty();
  }

  @Test
  void aTaskWaitsForThoseBeforeIt() {
    serial.execute(() -> done.add("a"));
    serial.executeHere(() -> done.add("b"));
    assertThat(done).isEmpty();
    handedOn.remove().run();
    assertThat(done).containsExactly("a", "b");
    assertThat(handedOn).isEmpty();
  }

  @Test
  void whatATaskAddsRunsAfterItAndElsewhere() {
    serial.executeHere(
        () -> {
          serial.executeHere(() -> done.add("b"));
          serial.execute(() -> done.add("c"));
          done.add("a");
        });
    assertThat(done).containsExactly("a");
    handedOn.remove().run();
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void oneThatThrowsKeepsNoneUp() {
    List<String> told = new ArrayList<>();
    serial.onThrow(thrown -> told.add(thrown.getMessage()));
    serial.executeHere(
        () -> {
          serial.execute(() -> done.add("after"));
          throw new IllegalStateException("by design of this test");
        });
    handedOn.remove().run();
    serial.executeHere(() -> done.add("here"));
    assertThat(told).containsExactly("by design of this test");
    assertThat(done).containsExactly("after", "here");
  }

  // Once in 150 times a task overtook another of its caller, where a run had done one not counted
  // yet.
  @RepeatedTest(40)
  void tasksOfManyThreadsNeverMeetAndKeepEachCallersOrder() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    SerialExecutor shared = new SerialExecutor(threads);
    AtomicBoolean running = new AtomicBoolean();
    AtomicBoolean wrong = new AtomicBoolean();
    int[] next = new int[CALLERS];
    CountDownLatch left = new CountDownLatch(CALLERS * TASKS);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < TASKS; n++) {
                  int number = n;
                  Runnable task =
                      () -> {
                        boolean alone = running.compareAndSet(false, true);
                        wrong.compareAndSet(false, !alone || next[caller]++ != number);
                        running.set(false);
                        left.countDown();
                      };
                  if (n % 3 == caller % 3) {
                    shared.execute(task);
                  } else {
                    shared.executeHere(task);
                  }
                }
              });
      thread.start();
      callers.add(thread);
    }
    for (Thread thread : callers) {
      thread.join();
    }
    assertThat(left.await(30, TimeUnit.SECONDS)).as("all ran").isTrue();
    threads.shutdownNow();
    assertThat(wrong).isFalse();
    assertThat(Arrays.stream(next)).containsOnly(TASKS);
  }
}
