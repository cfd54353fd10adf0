package io.sluice.flink.lake;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.flink.lake.BucketRows.Wanted;
import io.sluice.flink.lake.LakeHistory.OffsetRow;
import io.sluice.testing.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that overlap in their offsets, as those of partitions do. */
@Timeout(120)
class LakeHistoryTest {

  private static final int BUCKET = 3;
  private static final Schema SCHEMA =
      SystemColumns.addTo(new Schema(optional(1, "n", Types.LongType.get())));
  private static final Wanted WANTED = new Wanted(BUCKET, List.of("n"), List.of(), SCHEMA, false);

  private final InMemoryCatalog catalog = new InMemoryCatalog();
  private final Map<String, Integer> opened = new HashMap<>();
  private final Set<String> gone = new HashSet<>();
  private final HeldFiles held = new HeldFiles(100, 1L << 40);

  @BeforeEach
  void open() {
    catalog.initialize("lake", Map.of());
    catalog.createNamespace(Namespace.of("db"));
  }

  @AfterEach
  void close() throws IOException {
    catalog.close();
  }

  @Test
  void filesStayOpenFromChunkToChunk() throws Exception {
    Table table = table();
    append(table, everyNth(10, 1_000));

    assertThat(read(table, held, 20)).isEqualTo(LongStream.range(0, 1_000).boxed().toList());

    // Once for the first chunk, once for the order, and once for all others.
    assertThat(opened.values()).hasSize(10).containsOnly(3);
    assertAllGivenBack(held, 100);
  }

  @Test
  void aChunkIsReadWithoutLookingForAnOrder() throws Exception {
    Table table = table();
    append(table, everyNth(10, 1_000));

    assertThat(read(table, held, 1_000)).hasSize(1_000);
    assertThat(opened.values()).hasSize(10).containsOnly(1);
  }

  @Test
  void moreFilesThanMayStayOpenAreOpenedAgain() throws Exception {
    Table table = table();
    append(table, everyNth(10, 1_000));
    HeldFiles few = new HeldFiles(4, 1L << 40);

    assertThat(read(table, few, 100)).isEqualTo(LongStream.range(0, 1_000).boxed().toList());

    assertThat(opened.values()).filteredOn(times -> times == 3).hasSize(4);
    assertThat(opened.values()).filteredOn(times -> times == 10).hasSize(6);
    assertAllGivenBack(few, 4);
  }

  @Test
  void filesThatAreTooBigDoNotStayOpen() throws Exception {
    Table table = table();
    append(table, everyNth(2, 100));

    assertThat(read(table, new HeldFiles(100, 1_000), 10)).hasSize(100);
    assertThat(opened.values()).containsOnly(10);
  }

  @Test
  void aFileWithoutOrderIsReadForEachChunk() throws Exception {
    Table table = table();
    List<Record> rows = everyNth(1, 100).get(0);
    Collections.swap(rows, 5, 95);
    append(table, List.of(rows));

    assertThat(read(table, held, 10)).isEqualTo(LongStream.range(0, 100).boxed().toList());
    // For ten chunks, and once to see that it has none.
    assertThat(opened.values()).containsExactly(11);
    assertAllGivenBack(held, 100);
  }

  @Test
  void aFileThatGoesAwayIsReplacedByWhatTheTableHasNow() throws Exception {
    Table table = table();
    List<DataFile> before = append(table, everyNth(10, 1_000));
    List<Long> found = new ArrayList<>();
    HeldFiles few = new HeldFiles(4, 1L << 40);
    try (LakeHistory history = history(table, few, new OffsetRange(0, 1_000), 100)) {
      for (int chunk = 0; chunk < 3; chunk++) {
        history.next().orElseThrow().forEach(row -> found.add(row.offset()));
      }
      RewriteFiles rewrite = table.newRewrite();
      before.forEach(rewrite::deleteFile);
      rewrite.addFile(write(table, everyNth(1, 1_000).get(0))).commit();
      before.forEach(file -> gone.add(file.location()));

      found.addAll(rest(history));
    }
    assertThat(found).isEqualTo(LongStream.range(0, 1_000).boxed().toList());
    assertAllGivenBack(few, 4);
  }

  @Test
  void filesThatStayAwayAreNamedAndNothingStaysOpen() throws Exception {
    Table table = table();
    List<DataFile> files = append(table, everyNth(10, 1_000));
    HeldFiles few = new HeldFiles(4, 1L << 40);
    try (LakeHistory history = history(table, few, new OffsetRange(0, 1_000), 100)) {
      assertThat(history.next()).isPresent();
      assertThat(history.next()).isPresent();
      files.forEach(file -> gone.add(file.location()));
      assertThatThrownBy(history::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("lake files of bucket 3, offsets [200, 1000) can't be read");
      assertAllGivenBack(few, 4);
    }
  }

  @Test
  void whoStopsGivesBackWhatWasOpen() throws Exception {
    Table table = table();
    append(table, everyNth(10, 1_000));
    try (LakeHistory history = history(table, held, new OffsetRange(0, 1_000), 100)) {
      assertThat(history.next()).isPresent();
      assertThat(history.next()).isPresent();
      assertThat(held.take((1L << 40) - 1)).isFalse();
    }
    assertAllGivenBack(held, 100);
  }

  /** Ordered files and others, of several buckets, with foreign rows between. */
  @TestFactory
  Stream<DynamicTest> eachRowIsReadOnceAndInOrder() {
    return Seeded.seeds(
        60,
        random -> {
          Table table = table();
          List<List<Record>> files = new ArrayList<>();
          TreeSet<Long> ours = new TreeSet<>();
          for (int i = 1 + random.nextInt(8); i > 0; i--) {
            files.add(new ArrayList<>());
          }
          for (int bucket = BUCKET - 1; bucket <= BUCKET + 1; bucket++) {
            for (long offset = 0; offset < 150; offset++) {
              if (random.nextInt(8) > 0) {
                files.get(random.nextInt(files.size())).add(row(bucket, offset));
                if (bucket == BUCKET) {
                  ours.add(offset);
                }
              }
            }
          }
          files.get(0).add(row(null, null));
          files.forEach(
              file -> {
                if (random.nextInt(3) == 0) {
                  Collections.shuffle(file, new Random(random.nextLong()));
                }
              });
          append(table, files.stream().filter(file -> !file.isEmpty()).toList());
          long from = random.nextInt(60);
          OffsetRange range = new OffsetRange(from, from + random.nextInt(100));
          int most = random.nextInt(5);
          HeldFiles some = new HeldFiles(most, 1L << 40);
          try (LakeHistory history = history(table, some, range, 1 + random.nextInt(40))) {
            assertThat(rest(history))
                .containsExactlyElementsOf(ours.subSet(range.start(), range.end()));
          }
          assertAllGivenBack(some, most);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void offsetsThatGoOnFarAwayAreFoundInOneStep(int open) throws Exception {
    Table table = table();
    long next = OffsetGap.after(100);
    // As a rewrite puts files together; the other one has rows of another bucket beyond the gap.
    List<Long> offsets = LongStream.range(0, 100).boxed().collect(Collectors.toList());
    offsets.addAll(LongStream.range(next, next + 50).boxed().toList());
    append(
        table,
        List.of(
            offsets.stream().map(offset -> row(BUCKET, offset)).toList(),
            List.of(row(BUCKET, 100L), row(BUCKET + 1, next + 1_000))));
    offsets.add(100, 100L);

    HeldFiles files = new HeldFiles(open, 1L << 40);
    try (LakeHistory history = history(table, files, new OffsetRange(0, next + 2_000), 7)) {
      assertThat(rest(history)).isEqualTo(offsets);
    }
    assertThat(opened.values().stream().mapToInt(times -> times).sum()).isLessThan(100);
  }

  private List<Long> read(Table table, HeldFiles files, int maxRows) throws IOException {
    try (LakeHistory history = history(table, files, new OffsetRange(0, 1_000), maxRows)) {
      return rest(history);
    }
  }

  private static List<Long> rest(LakeHistory history) throws IOException {
    List<Long> offsets = new ArrayList<>();
    Optional<List<OffsetRow>> rows = history.next();
    while (rows.isPresent()) {
      for (OffsetRow row : rows.get()) {
        assertThat(row.row().getLong(0)).isEqualTo(-row.offset());
        offsets.add(row.offset());
      }
      rows = history.next();
    }
    return offsets;
  }

  private LakeHistory history(Table table, HeldFiles files, OffsetRange range, int maxRows) {
    return new LakeHistory(() -> counting(table), files, WANTED, range, maxRows);
  }

  private static void assertAllGivenBack(HeldFiles files, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(files.take((1L << 40) / count)).isTrue();
    }
    assertThat(files.take(0)).isFalse();
  }

  private Table table() {
    return catalog.createTable(
        TableIdentifier.of("db", "t" + UUID.randomUUID().toString().replace("-", "")), SCHEMA);
  }

  /** Returns the rows of offsets up to {@code rows} in files of every {@code n}th. */
  private static List<List<Record>> everyNth(int n, int rows) {
    List<List<Record>> files = new ArrayList<>();
    for (int file = 0; file < n; file++) {
      List<Record> of = new ArrayList<>();
      for (long offset = file; offset < rows; offset += n) {
        of.add(row(BUCKET, offset));
      }
      files.add(of);
    }
    return files;
  }

  private static Record row(@Nullable Integer bucket, @Nullable Long offset) {
    Record row = GenericRecord.create(SCHEMA);
    row.setField("n", offset == null ? null : -offset);
    row.setField(SystemColumns.BUCKET, bucket);
    row.setField(SystemColumns.OFFSET, offset);
    return row;
  }

  private static List<DataFile> append(Table table, List<List<Record>> files) throws IOException {
    AppendFiles append = table.newAppend();
    List<DataFile> written = new ArrayList<>();
    for (List<Record> rows : files) {
      DataFile file = write(table, rows);
      written.add(file);
      append.appendFile(file);
    }
    append.commit();
    return written;
  }

  private static DataFile write(Table table, List<Record> rows) throws IOException {
    OutputFile target =
        table.io().newOutputFile(table.location() + "/" + UUID.randomUUID() + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(target)
            .schema(table.schema())
            .createWriterFunc(GenericParquetWriter::create)
            .withSpec(PartitionSpec.unpartitioned())
            .build();
    try (writer) {
      rows.forEach(writer::write);
    }
    return writer.toDataFile();
  }

  /** Returns a table whose files are counted when they are opened, and may be gone. */
  private Table counting(Table table) {
    table.refresh();
    FileIO io = table.io();
    FileIO counting =
        new FileIO() {
          @Override
          public InputFile newInputFile(String location) {
            if (gone.contains(location)) {
              throw new NotFoundException("404: %s", location);
            }
            if (location.endsWith(".parquet")) {
              opened.merge(location, 1, Integer::sum);
            }
            return io.newInputFile(location);
          }

          @Override
          public OutputFile newOutputFile(String location) {
            return io.newOutputFile(location);
          }

          @Override
          public void deleteFile(String location) {
            io.deleteFile(location);
          }
        };
    return new BaseTable(((HasTableOperations) table).operations(), table.name()) {
      private static final long serialVersionUID = 1L;

      @Override
      public FileIO io() {
        return counting;
      }
    };
  }
}
