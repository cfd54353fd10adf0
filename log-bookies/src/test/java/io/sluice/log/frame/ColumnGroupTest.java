package io.sluice.log.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableOptions.LogColumns;
import io.sluice.catalog.table.TableOptions.LogCompression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ColumnGroupTest {

  private static final List<LogCompression> COMPRESSIONS = List.of(LogCompression.values());

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  @Test
  void groupsHaveAllOfTheBodyAndAreWorthARead() throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      LogCompression compression = COMPRESSIONS.get(random.nextInt(3));
      for (FrameRows frame : frames(random, compression, LogColumns.APART)) {
        List<ColumnGroup> groups = frame.groups();
        int body = frame.body().readableBytes();
        if (groups.isEmpty()) {
          frame.release();
          continue;
        }
        assertThat(groups).as("seed %d", seed).hasSizeGreaterThan(1);
        assertThat(body).isGreaterThanOrEqualTo(64 << 10);
        int end = 0;
        int column = 0;
        for (ColumnGroup group : groups) {
          assertThat(group.from()).isEqualTo(end);
          assertThat(group.firstColumn()).isEqualTo(column);
          assertThat(group.to() - group.from()).isGreaterThanOrEqualTo(16 << 10);
          end = group.to();
          column = group.endColumn();
        }
        assertThat(end).isEqualTo(body);
        frame.release();
      }
    }
  }

  @Test
  void eachGroupHasTheBuffersOfItsColumns() throws Exception {
    int checked = 0;
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      Schema schema = schema(random);
      try (VectorSchemaRoot rows = rows(random, schema, 20_000)) {
        LogCompression compression = COMPRESSIONS.get(random.nextInt(3));
        FrameRows frame =
            new FrameEncoder(64 << 20).encode(rows, compression, LogColumns.APART).get(0);
        StoredEntry stored =
            StoredEntry.of(List.of(new DataEntry.Part(frame, 0, null, 20_000)), 0, 1);
        int[] wanted = {random.nextInt(schema.getFields().size())};
        if (!frame.groups().isEmpty()) {
          checked++;
          checkCut(schema, stored, wanted);
        }
        stored.parts().forEach(part -> part.release());
        stored.whole().release();
        frame.release();
      }
    }
    assertThat(checked).isGreaterThan(20);
  }

  /** What is cut out of some of the parts is what is cut out of all. */
  private static void checkCut(Schema schema, StoredEntry stored, int[] wanted) {
    EntryPart first = part(stored, 0);
    Map<Integer, EntryPart> parts = new HashMap<>();
    for (int i = 1; i < first.count(); i++) {
      if (first.others().get(i - 1).hasAny(wanted)) {
        parts.put(i, part(stored, i));
      }
    }
    assertThat(parts).hasSize(1);
    var some = EntryParts.some(first, parts);
    Frame sparse = DataEntry.frames(some).get(0);
    Frame whole = DataEntry.frames(stored.whole()).get(0);
    some.release();
    ColumnCut cut = new ColumnCut(schema, wanted);
    Frame fromSome = cut.cut(sparse);
    Frame fromAll = cut.cut(whole);
    assertThat(fromSome.body()).isEqualTo(fromAll.body());
    assertThat(fromSome.message()).isEqualTo(fromAll.message());
    assertThat(sparse.bounds()).isEqualTo(whole.bounds());
    List.of(sparse, whole, fromSome, fromAll).forEach(Frame::release);
  }

  private static EntryPart part(StoredEntry stored, int i) {
    var entry = stored.parts().get(i);
    return EntryPart.read(EntryHeader.read(entry), entry);
  }

  @Test
  void nothingIsStoredApartUnlessTheTableSaysSo() throws Exception {
    for (FrameRows frame : frames(new Random(1), LogCompression.NONE, LogColumns.TOGETHER)) {
      assertThat(frame.groups()).isEmpty();
      frame.release();
    }
  }

  private List<FrameRows> frames(Random random, LogCompression compression, LogColumns columns)
      throws RowTooLargeException {
    Schema schema = schema(random);
    try (VectorSchemaRoot rows = rows(random, schema, 1 + random.nextInt(20_000))) {
      return new FrameEncoder(1 << 20).encode(rows, compression, columns);
    }
  }

  private static Schema schema(Random random) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(12); i++) {
      fields.add(
          new Field(
              "c" + i,
              FieldType.nullable(
                  List.of(new ArrowType.Int(64, true), new ArrowType.Bool(), new ArrowType.Utf8())
                      .get(random.nextInt(3))),
              null));
    }
    return new Schema(fields);
  }

  private VectorSchemaRoot rows(Random random, Schema schema, int count) {
    VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator);
    for (var vector : rows.getFieldVectors()) {
      for (int i = 0; i < count; i++) {
        if (vector instanceof BigIntVector numbers) {
          numbers.setSafe(i, random.nextLong());
        } else if (vector instanceof BitVector flags) {
          flags.setSafe(i, random.nextInt(2));
        } else if (vector instanceof VarCharVector texts) {
          texts.setSafe(i, new Text(Integer.toString(random.nextInt())));
        }
      }
    }
    rows.setRowCount(count);
    return rows;
  }
}
