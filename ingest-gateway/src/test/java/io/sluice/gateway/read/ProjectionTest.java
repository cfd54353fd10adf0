package io.sluice.gateway.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.apache.iceberg.types.Types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames of a first schema, read after the table got a second one. */
class ProjectionTest {

  private static final int ROWS = 3;

  private static final Schema FIRST =
      new Schema(
          optional(1, "id", IntegerType.get()),
          optional(2, "name", StringType.get()),
          optional(3, "gone", StringType.get()));

  private static final Schema SECOND =
      new Schema(
          optional(4, "added", StringType.get()),
          optional(1, "id", LongType.get()),
          optional(2, "title", StringType.get()),
          optional(5, "place", StructType.of(optional(6, "x", LongType.get()))));

  private final RootAllocator allocator = new RootAllocator();
  private final Table table = table();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void aRenamedColumnGoesOutUndecoded() throws Exception {
    try (ReadBatch batch = batch(0, ROWS, List.of("title"))) {
      Frame frame = batch.frame().orElseThrow();
      try (VectorSchemaRoot rows =
              new FrameDecoder(Projection.of(table, List.of("title")).schema(), allocator)
                  .decode(frame);
          VectorSchemaRoot decoded = batch.root(allocator)) {
        assertThat(rows.contentToTSVString()).isEqualTo("title\nn0\nn1\nn2\n");
        assertThat(decoded.contentToTSVString()).isEqualTo(rows.contentToTSVString());
      } finally {
        frame.release();
      }
    }
  }

  @Test
  void aPromotedAndAnAddedColumnAreMade() throws Exception {
    try (ReadBatch batch = batch(0, ROWS, List.of())) {
      assertThat(batch.frame()).isEmpty();
      try (VectorSchemaRoot rows = batch.root(allocator)) {
        assertThat(rows.getSchema()).isEqualTo(table.arrowSchema());
        assertThat(rows.contentToTSVString())
            .isEqualTo(
                """
                added\tid\ttitle\tplace
                null\t0\tn0\tnull
                null\t1\tn1\tnull
                null\t2\tn2\tnull
                """);
      }
    }
  }

  @Test
  void aPartOfAFrameIsDecoded() throws Exception {
    try (ReadBatch batch = batch(1, ROWS, List.of("title"))) {
      assertThat(batch.frame()).isEmpty();
      try (VectorSchemaRoot rows = batch.root(allocator)) {
        assertThat(rows.contentToTSVString()).isEqualTo("title\nn1\nn2\n");
      }
    }
  }

  @Test
  void aSchemaThatIsNewerThanTheReaderIsNamed() throws Exception {
    Projection projection = Projection.of(table, List.of());
    assertThatThrownBy(() -> projection.cut(2))
        .isInstanceOf(ReadException.class)
        .hasMessageContaining("new schema, 2");
  }

  @Test
  void fieldsWithinColumnsAreReadWithThem() {
    assertThat(Projection.of(table, List.of("place")).schema().getFields()).hasSize(1);
    assertThatThrownBy(() -> Projection.of(table, List.of("place.x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("table db.t has no column 'place.x'; it has [added, id, title, place]");
  }

  private ReadBatch batch(int first, int end, List<String> columns) throws Exception {
    return new ReadBatch(
        new PlacedFrame(10, 1, frame()), first, end, Projection.of(table, columns));
  }

  private Frame frame() throws Exception {
    try (VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowSchemas.of(FIRST), allocator)) {
      for (int row = 0; row < ROWS; row++) {
        ((IntVector) rows.getVector("id")).setSafe(row, row);
        ((VarCharVector) rows.getVector("name")).setSafe(row, ("n" + row).getBytes(UTF_8));
      }
      rows.setRowCount(ROWS);
      FrameRows frame = new FrameEncoder(1 << 20).encode(rows).get(0);
      ByteBuf entry = DataEntry.encode(List.of(new DataEntry.Part(frame, 0, null, ROWS)), 0, 1);
      Optional<Frame> read = DataEntry.frames(entry).stream().findFirst();
      frame.release();
      entry.release();
      return read.orElseThrow();
    }
  }

  private static Table table() {
    UUID id = UUID.randomUUID();
    return new Table(
        new TableName("db", "t"),
        id,
        UUID.randomUUID(),
        "file:/w/" + id,
        Map.of(0, SystemColumns.addTo(FIRST), 1, SystemColumns.addTo(SECOND)),
        1,
        TableOptions.parse(Map.of()),
        "",
        Instant.EPOCH);
  }
}
