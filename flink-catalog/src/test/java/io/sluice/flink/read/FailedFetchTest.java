package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FailedFetchTest {

  private final IOException cause = new IOException("column 'at' holds no time");

  @Test
  void theTaskFailsWithWhatWentWrong() {
    FailedFetch failed = new FailedFetch(cause);
    assertThatThrownBy(failed::nextSplit).hasMessage(cause.getMessage()).hasCause(cause);
    assertThatThrownBy(failed::nextRecordFromSplit).hasCause(cause);
    assertThat(failed.finishedSplits()).isEmpty();
  }

  /**
   * What {@link FailedFetch} is there for: Flink's own word of an error is taken back by a look.
   */
  @Test
  void aFailureInTheQueueIsNotTakenBackByALookAtTheQueue() throws Exception {
    FutureCompletingBlockingQueue<RecordsWithSplitIds<PlacedRow>> queue =
        new FutureCompletingBlockingQueue<>(2);
    queue.notifyAvailable();
    queue.poll();
    assertThat(queue.getAvailabilityFuture()).as("a word of an error, and a look").isNotDone();
    queue.poll();
    queue.put(0, new FailedFetch(cause));
    CompletableFuture<Void> available = queue.getAvailabilityFuture();
    available.get(10, TimeUnit.SECONDS);
    assertThat(queue.poll()).isInstanceOf(FailedFetch.class);
  }
}
