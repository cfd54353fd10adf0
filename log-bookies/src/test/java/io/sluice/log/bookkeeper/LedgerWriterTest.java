package io.sluice.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.log.segment.SegmentException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an add's answer means when others were late, which no bookie does on request. */
@Timeout(60)
class LedgerWriterTest {

  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final List<CompletableFuture<Long>> adds = new ArrayList<>();
  private final LedgerWriter writer = new LedgerWriter(handle(), settings());

  @Test
  void addsAreAcknowledgedInOrder() {
    CompletableFuture<Long> first = add();
    CompletableFuture<Long> second = add();
    adds.get(0).complete(0L);
    assertThat(first).isCompletedWithValue(0L);
    assertThat(second).isNotDone();
    adds.get(1).complete(1L);
    assertThat(second).isCompletedWithValue(1L);
  }

  @Test
  void anAddWithoutAnAnswerFailsInTimeAndWithItAllThatCameAfter() {
    CompletableFuture<Long> first = add();
    adds.get(0).complete(0L);
    CompletableFuture<Long> lost = add();
    CompletableFuture<Long> after = add();
    requireUnknown(lost, "no answer in time");
    requireUnknown(after, "ledger 7");
    adds.get(1).complete(1L);
    adds.get(2).complete(2L);
    assertThat(first).isCompletedWithValue(0L);
    assertThat(lost).isCompletedExceptionally();
    assertThat(after).isCompletedExceptionally();
    requireUnknown(add(), "takes no more entries");
    assertThat(adds).as("nothing more is added").hasSize(3);
  }

  @Test
  void theLimitIsEachAddsOwn() throws Exception {
    CompletableFuture<Long> last = add();
    long begin = System.nanoTime();
    // The alarm that the first one set goes off among them.
    while (System.nanoTime() - begin < 2 * LIMIT.toNanos()) {
      CompletableFuture<Long> next = add();
      adds.get(adds.size() - 2).complete(adds.size() - 2L);
      assertThat(last.get(10, TimeUnit.SECONDS)).isEqualTo(adds.size() - 2L);
      last = next;
    }
    adds.get(adds.size() - 1).complete(adds.size() - 1L);
    assertThat(last).isCompletedWithValue(adds.size() - 1L);
    CompletableFuture<Long> lost = add();
    requireUnknown(lost, "no answer in time");
  }

  @Test
  void anAnswerAfterAGapIsNone() {
    CompletableFuture<Long> first = add();
    CompletableFuture<Long> second = add();
    adds.get(1).complete(1L);
    requireUnknown(second, "entry 1 was answered, but entry 0 was not");
    adds.get(0).complete(0L);
    requireUnknown(first, "takes no more entries");
  }

  private CompletableFuture<Long> add() {
    return writer.add(Unpooled.wrappedBuffer(new byte[] {1}));
  }

  private static void requireUnknown(CompletableFuture<Long> add, String text) {
    assertThatThrownBy(() -> add.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SegmentException.class,
            failure -> assertThat(failure.kind()).isEqualTo(SegmentException.Kind.UNKNOWN))
        .hasMessageContaining(text);
  }

  /** A ledger whose adds the test answers. */
  private WriteHandle handle() {
    return (WriteHandle)
        Proxy.newProxyInstance(
            WriteHandle.class.getClassLoader(),
            new Class<?>[] {WriteHandle.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getId" -> 7L;
                  case "appendAsync" -> {
                    ((ByteBuf) arguments[0]).release();
                    CompletableFuture<Long> answer = new CompletableFuture<>();
                    adds.add(answer);
                    yield answer;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static BookKeeperSettings settings() {
    BookKeeperSettings settings = BookKeeperSettings.of("zk+hierarchical://nowhere/ledgers");
    return new BookKeeperSettings(
        settings.metadataUri(),
        LIMIT,
        LIMIT,
        settings.callTimeout(),
        settings.sessionTimeout(),
        0,
        settings.tls());
  }
}
