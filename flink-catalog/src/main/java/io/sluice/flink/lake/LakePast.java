package io.sluice.flink.lake;

import io.sluice.catalog.range.Cut;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadata.MetadataLogEntry;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** What metadata of now tell of a time before. */
final class LakePast {

  private final TableMetadata now;
  private final long epochMillis;

  /**
   * @param epochMillis the time that is asked for, in milliseconds since 1970
   * @param clockMillis the time of now
   * @throws IllegalArgumentException if that time is still to come
   */
  LakePast(TableMetadata now, long epochMillis, long clockMillis) {
    if (epochMillis > clockMillis) {
      throw new IllegalArgumentException(
          "FOR SYSTEM_TIME AS OF "
              + Instant.ofEpochMilli(epochMillis)
              + " is in the future: it is "
              + Instant.ofEpochMilli(clockMillis)
              + " here; nobody knows yet which rows there will be");
    }
    this.now = now;
    this.epochMillis = epochMillis;
  }

  /**
   * Returns the snapshot that was current, by the log of which was when: a rollback counts.
   *
   * @return {@link Cut#NO_SNAPSHOT} if the lake had nothing yet
   * @throws IllegalArgumentException if that isn't known, as the snapshot expired or the table
   *     wasn't there
   */
  long snapshotId() {
    long found = Cut.NO_SNAPSHOT;
    for (HistoryEntry entry : now.snapshotLog()) {
      if (entry.timestampMillis() <= epochMillis) {
        found = entry.snapshotId();
      }
    }
    if (found != Cut.NO_SNAPSHOT) {
      return found;
    }
    if (!now.snapshotLog().isEmpty()) {
      HistoryEntry first = now.snapshotLog().get(0);
      Snapshot snapshot = now.snapshot(first.snapshotId());
      // Those before it left the log when they expired. The first of all has none before it.
      if (snapshot == null || snapshot.parentId() != null) {
        throw new IllegalArgumentException(
            "the lake's snapshot of "
                + Instant.ofEpochMilli(epochMillis)
                + " expired: the oldest that is left is of "
                + Instant.ofEpochMilli(first.timestampMillis())
                + "; ask for that time or a later one, or raise 'lake.snapshot-retention' for the"
                + " future. The hint 'scan.bounded.mode'='timestamp' reads what is still there of"
                + " the rows from before a time");
      }
    }
    if (firstKnown() > epochMillis) {
      throw new IllegalArgumentException(
          "at "
              + Instant.ofEpochMilli(epochMillis)
              + " it wasn't there: the first that is known of it is of "
              + Instant.ofEpochMilli(firstKnown()));
    }
    return Cut.NO_SNAPSHOT;
  }

  private long firstKnown() {
    return now.previousFiles().isEmpty()
        ? now.lastUpdatedMillis()
        : now.previousFiles().get(0).timestampMillis();
  }

  /**
   * Returns the columns that were in force, each in the type that it has by now if it is still
   * there: types only ever get wider, so it has the values of then.
   *
   * @param snapshotId the snapshot of then
   */
  Schema columns(long snapshotId, FileIO io) {
    return inTypesOf(inForce(snapshotId, io), now.schema());
  }

  private Schema inForce(long snapshotId, FileIO io) {
    if (now.schemas().size() == 1 || now.lastUpdatedMillis() <= epochMillis) {
      return now.schema();
    }
    return metadata(io)
        .map(TableMetadata::schema)
        .orElseGet(
            () -> {
              // Next to it: what had changed since the snapshot isn't known any more.
              Snapshot snapshot = now.snapshot(snapshotId);
              Integer id = snapshot == null ? null : snapshot.schemaId();
              Schema then = id == null ? null : now.schemasById().get(id);
              return then == null ? now.schema() : then;
            });
  }

  /** Returns the metadata that were in force, if the table still has them. */
  private Optional<TableMetadata> metadata(FileIO io) {
    MetadataLogEntry found = null;
    for (MetadataLogEntry entry : now.previousFiles()) {
      if (entry.timestampMillis() <= epochMillis) {
        found = entry;
      }
    }
    if (found == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(TableMetadataParser.read(io, found.file()));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /** Returns columns in the types that those of the same ids have in another schema. */
  static Schema inTypesOf(Schema then, Schema now) {
    return new Schema(inTypesOf(then.columns(), now));
  }

  private static List<NestedField> inTypesOf(List<NestedField> fields, Schema now) {
    List<NestedField> all = new ArrayList<>();
    for (NestedField field : fields) {
      NestedField today = now.findField(field.fieldId());
      Type type = field.type();
      if (type.isStructType()) {
        type = Types.StructType.of(inTypesOf(type.asStructType().fields(), now));
      } else if (today != null && type.isPrimitiveType()) {
        type = today.type();
      }
      boolean optional = field.isOptional() || (today != null && today.isOptional());
      boolean same = Objects.equals(type, field.type()) && optional == field.isOptional();
      all.add(same ? field : NestedField.from(field).ofType(type).isOptional(optional).build());
    }
    return all;
  }
}
