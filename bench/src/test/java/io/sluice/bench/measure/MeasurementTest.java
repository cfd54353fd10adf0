package io.sluice.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeasurementTest {

  private static final Load LOAD = new Load(RowShape.TEN, 1, "");

  /** A system in memory that takes its time. */
  private record Memory(long delayNanos, boolean losesRows)
      implements MeasuredSystem, MeasuredTable, RowTail {

    private static final LinkedBlockingQueue<Long> ROWS = new LinkedBlockingQueue<>();

    @Override
    public MeasuredTable newTable(Load load) {
      ROWS.clear();
      return this;
    }

    @Override
    public RowProducer producer(Tuning tuning, Acks acks) {
      return new RowProducer() {
        @Override
        public void send(int row, long id) {
          Pace.await(System.nanoTime() + delayNanos);
          ROWS.add(id);
          if (!losesRows) {
            acks.acked(id);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public RowTail tail(Tuning tuning, List<String> columns) {
      return this;
    }

    @Override
    public int poll(Duration atMost, LongConsumer ids) throws Exception {
      Long id = ROWS.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (id == null) {
        return 0;
      }
      ids.accept(id);
      return 1;
    }

    @Override
    public void close() {}
  }

  @Test
  void aRowThatIsLateDelaysAllThatAreDueAfterIt() throws Exception {
    Measurement slow = new Measurement(new Memory(2_000_000, false));

    Map<String, Double> found = slow.latency(LOAD, 1_000, 0.05, 0.1);

    // The hundredth of rows that are due each ms and take two is some 100 ms behind.
    assertThat(found.get("tail-max")).isGreaterThan(90);
    assertThat(found.get("ack-max")).isGreaterThan(90);
  }

  @Test
  void rowsAreCountedOverTheTimeUntilTheLastIsAcknowledged() throws Exception {
    Measurement slow = new Measurement(new Memory(1_000_000, false));

    assertThat(slow.produce(LOAD, 0, 0.1).get("rows")).isBetween(1.0, 1_000.0);
  }

  @Test
  void rowsWithoutAcknowledgementFailTheMeasurement() {
    Measurement losing = new Measurement(new Memory(0, true));

    assertThatThrownBy(() -> losing.produce(LOAD, 0, 0.01))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0 of ");
  }
}
