package io.sluice.bench;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.jspecify.annotations.Nullable;

/** {@link Rows} as Iceberg's generic records. */
final class Records {

  static List<Record> of(VectorSchemaRoot rows) {
    List<Record> records = new ArrayList<>();
    for (int row = 0; row < rows.getRowCount(); row++) {
      Record record = GenericRecord.create(Rows.SCHEMA);
      record.setField("id", ((BigIntVector) rows.getVector("id")).get(row));
      long micros = ((TimeStampMicroTZVector) rows.getVector("event_time")).get(row);
      record.setField(
          "event_time", Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
      for (String column : List.of("carrier", "origin", "destination", "note")) {
        byte[] text = ((VarCharVector) rows.getVector(column)).get(row);
        record.setField(column, new String(text, StandardCharsets.UTF_8));
      }
      record.setField("flight", ((IntVector) rows.getVector("flight")).get(row));
      record.setField("distance", ((Float8Vector) rows.getVector("distance")).get(row));
      record.setField("delay", integer((IntVector) rows.getVector("delay"), row));
      record.setField("fare", ((DecimalVector) rows.getVector("fare")).getObject(row));
      records.add(record);
    }
    return records;
  }

  private static @Nullable Integer integer(IntVector vector, int row) {
    return vector.isNull(row) ? null : vector.get(row);
  }

  private Records() {}
}
