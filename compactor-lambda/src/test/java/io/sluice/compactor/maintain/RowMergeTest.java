package io.sluice.compactor.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RowMergeTest {

  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();

  @Test
  void filesThatFollowOneAnotherAreOpenOneAtATime() {
    List<RowMerge.Source<RowKey>> sources = new ArrayList<>();
    List<RowKey> all = new ArrayList<>();
    for (int file = 0; file < 5; file++) {
      List<RowKey> rows = new ArrayList<>();
      for (int row = 0; row < 10; row++) {
        rows.add(new RowKey(0, file * 10 + row));
      }
      all.addAll(rows);
      sources.add(source(rows.get(0), rows));
    }

    assertThat(read(sources)).isEqualTo(all);
    assertThat(mostOpen).hasValue(1);
    assertThat(open).hasValue(0);
  }

  @TestFactory
  Stream<DynamicTest> everyRowComesOnceWhateverTheOrder() {
    return Seeded.seeds(
        300,
        random -> {
          List<RowMerge.Source<RowKey>> sources = new ArrayList<>();
          List<RowKey> all = new ArrayList<>();
          boolean ordered = random.nextBoolean();
          for (int file = random.nextInt(6); file > 0; file--) {
            List<RowKey> rows = new ArrayList<>();
            for (int row = random.nextInt(20); row > 0; row--) {
              rows.add(
                  random.nextInt(8) == 0
                      ? RowKey.NONE
                      : new RowKey(random.nextInt(3), random.nextInt(50)));
            }
            if (ordered) {
              rows.sort(null);
            }
            all.addAll(rows);
            RowKey least = rows.stream().min(RowKey::compareTo).orElse(RowKey.NONE);
            sources.add(source(least, rows));
          }
          List<RowKey> read = read(sources);
          assertThat(read).containsExactlyInAnyOrderElementsOf(all);
          if (ordered) {
            assertThat(read).isSorted();
          }
          assertThat(open).hasValue(0);
        });
  }

  @Test
  void whatWasOpenedIsClosedWhenTheRestIsNotRead() {
    RowMerge<RowKey> merge =
        new RowMerge<>(
            List.of(source(new RowKey(0, 0), List.of(new RowKey(0, 0), new RowKey(0, 1)))),
            key -> key);
    assertThat(merge.next()).isEqualTo(new RowKey(0, 0));
    assertThat(open).hasValue(1);

    merge.close();

    assertThat(open).hasValue(0);
  }

  private static List<RowKey> read(List<RowMerge.Source<RowKey>> sources) {
    List<RowKey> read = new ArrayList<>();
    try (RowMerge<RowKey> merge = new RowMerge<>(sources, key -> key)) {
      merge.forEachRemaining(read::add);
    }
    return read;
  }

  private RowMerge.Source<RowKey> source(RowKey first, List<RowKey> rows) {
    return new RowMerge.Source<>(
        first,
        new CloseableIterable<>() {
          @Override
          public CloseableIterator<RowKey> iterator() {
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            Iterator<RowKey> values = rows.iterator();
            return new CloseableIterator<>() {
              @Override
              public boolean hasNext() {
                return values.hasNext();
              }

              @Override
              public RowKey next() {
                return values.next();
              }

              @Override
              public void close() {
                open.decrementAndGet();
              }
            };
          }

          @Override
          public void close() {}
        });
  }
}
