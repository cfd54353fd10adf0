package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.flink.lake.ChunkPlan.OffsetFile;
import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ChunkPlanTest {

  @Test
  void aChunkBeginsAtTheFirstOffsetThatAFileMayHold() {
    List<OffsetFile<String>> files =
        List.of(new OffsetFile<>(50, 59, "b"), new OffsetFile<>(20, 49, "a"));
    ChunkPlan<String> chunk = ChunkPlan.next(new OffsetRange(0, 60), files, 10).orElseThrow();
    assertThat(chunk.range()).isEqualTo(new OffsetRange(20, 30));
    assertThat(chunk.files()).containsExactly("a");
  }

  @Test
  void aFileWhoseOffsetsAreUnknownBelongsToEachChunk() {
    List<OffsetFile<String>> files =
        List.of(new OffsetFile<>(0, Long.MAX_VALUE, "?"), new OffsetFile<>(0, 9, "a"));
    ChunkPlan<String> chunk = ChunkPlan.next(new OffsetRange(5, 60), files, 10).orElseThrow();
    assertThat(chunk.range()).isEqualTo(new OffsetRange(5, 15));
    assertThat(chunk.files()).containsExactly("?", "a");
  }

  @Test
  void thereIsNoChunkIfNoFileMayHoldWhatIsWanted() {
    List<OffsetFile<String>> files = List.of(new OffsetFile<>(0, 9, "a"));
    assertThat(ChunkPlan.next(new OffsetRange(10, 20), files, 10)).isEmpty();
    assertThat(ChunkPlan.next(new OffsetRange(3, 3), files, 10)).isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> theChunksOfARangeHoldEachRowOnceAndInOrder() {
    return Seeded.seeds(
        300,
        random -> {
          List<OffsetFile<TreeSet<Long>>> files = new ArrayList<>();
          TreeSet<Long> all = new TreeSet<>();
          for (long offset = 0; offset < 80; offset++) {
            if (random.nextInt(4) == 0) {
              files.add(new OffsetFile<>(0, 0, new TreeSet<>()));
            }
            if (!files.isEmpty() && random.nextInt(5) > 0) {
              files.get(random.nextInt(files.size())).file().add(offset);
            }
          }
          files.removeIf(file -> file.file().isEmpty());
          files.replaceAll(f -> new OffsetFile<>(f.file().first(), f.file().last(), f.file()));
          long from = random.nextInt(40);
          long to = from + random.nextInt(60);
          files.forEach(file -> all.addAll(file.file().subSet(from, to)));

          List<Long> read = new ArrayList<>();
          OffsetRange wanted = new OffsetRange(from, to);
          int maxRows = 1 + random.nextInt(10);
          Optional<ChunkPlan<TreeSet<Long>>> chunk = ChunkPlan.next(wanted, files, maxRows);
          while (chunk.isPresent()) {
            OffsetRange range = chunk.get().range();
            TreeSet<Long> rows = new TreeSet<>();
            chunk.get().files().forEach(f -> rows.addAll(f.subSet(range.start(), range.end())));
            assertThat(rows.size()).isLessThanOrEqualTo(maxRows);
            read.addAll(rows);
            wanted = new OffsetRange(range.end(), to);
            chunk = ChunkPlan.next(wanted, files, maxRows);
          }
          assertThat(read).containsExactlyElementsOf(all);
        });
  }
}
