package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.Witnesses;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.PartitionUtil;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Reads rows of Parquet files in a table's current schema, without those that were deleted. */
final class LakeRows {

  private final FileIO io;
  private final LakeView view;
  private final StoredFiles files;
  private final Schema schema;
  private final int bucket;
  private final int offset;

  LakeRows(FileIO io, LakeView view) {
    this.io = io;
    this.view = view;
    this.files = new StoredFiles(view);
    this.schema = schema(view);
    this.bucket = position(SystemColumns.BUCKET);
    this.offset = position(SystemColumns.OFFSET);
  }

  /** Returns the columns to read and write: from format 3 on a row's lineage goes with it. */
  static Schema schema(LakeView view) {
    return view.metadata().formatVersion() >= 3
        ? MetadataColumns.schemaWithRowLineage(view.schema())
        : view.schema();
  }

  /** Opens several files as one, in order. */
  RowMerge<Record> open(List<FileScanTask> tasks) {
    return new RowMerge<>(
        tasks.stream()
            .map(task -> new RowMerge.Source<>(files.describe(task).first(), rows(task)))
            .toList(),
        this::key);
  }

  private CloseableIterable<Record> rows(FileScanTask task) {
    GenericDeleteFilter deletes = new GenericDeleteFilter(io, task, schema, schema);
    // What is behind a struct's own fields isn't written.
    Schema wanted = Witnesses.add(deletes.requiredSchema(), view.metadata().schemas());
    Map<Integer, ?> constants =
        PartitionUtil.constantsMap(task, IdentityPartitionConverters::convertConstant);
    Parquet.ReadBuilder builder =
        Parquet.read(io.newInputFile(task.file().location()))
            .project(wanted)
            .createReaderFunc(
                type ->
                    GenericParquetReaders.buildReader(
                        wanted, type, withoutNested(constants, type)));
    String mapping = view.metadata().property(TableProperties.DEFAULT_NAME_MAPPING, "");
    if (!mapping.isEmpty()) {
      builder.withNameMapping(NameMappingParser.fromJson(mapping));
    }
    return deletes.filter(builder.build());
  }

  /**
   * Leaves out what the file itself has within structs: given such a constant, Iceberg's reader
   * takes each struct for one that is there.
   */
  private static Map<Integer, ?> withoutNested(Map<Integer, ?> constants, MessageType file) {
    Map<Integer, Object> left = new HashMap<>(constants);
    for (Type column : file.getFields()) {
      if (!column.isPrimitive()) {
        removeFields(column.asGroupType(), left);
      }
    }
    return left;
  }

  private static void removeFields(GroupType group, Map<Integer, Object> constants) {
    for (Type field : group.getFields()) {
      if (field.getId() != null) {
        constants.remove(field.getId().intValue());
      }
      if (!field.isPrimitive()) {
        removeFields(field.asGroupType(), constants);
      }
    }
  }

  private RowKey key(Record row) {
    Object inBucket = bucket < 0 ? null : row.get(bucket);
    Object at = offset < 0 ? null : row.get(offset);
    return inBucket == null || at == null ? RowKey.NONE : new RowKey((Integer) inBucket, (Long) at);
  }

  private int position(String column) {
    for (int i = 0; i < schema.columns().size(); i++) {
      if (schema.columns().get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }
}
