package io.sluice.flink.lake;

import io.sluice.catalog.types.Witnesses;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.DeleteFilter;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.flink.FlinkSchemaUtil;
import org.apache.iceberg.flink.RowDataWrapper;
import org.apache.iceberg.flink.data.FlinkParquetReaders;
import org.apache.iceberg.flink.data.RowDataUtil;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.PartitionUtil;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;

/**
 * Reads lake files, with the deletes of other engines applied. Iceberg's own readers cut a TIME to
 * milliseconds, so those columns are read as the plain microseconds that Parquet stores.
 */
final class LakeFileReader {

  private final Table table;
  private final Schema columns;
  private final Schema projection;
  private final List<Expression> filters;

  LakeFileReader(Table table, Schema projection, List<Expression> filters) {
    this(table, table.schema(), projection, filters);
  }

  /**
   * @param columns all columns of the version that is read, in which deletes find theirs
   */
  LakeFileReader(Table table, Schema columns, Schema projection, List<Expression> filters) {
    this.table = table;
    this.columns = columns;
    this.projection = projection;
    this.filters = List.copyOf(filters);
  }

  /**
   * Returns a file's rows, those filtered out included unless a whole row group could be left out.
   * Their columns begin with those of the projection, each TIME in microseconds as a long.
   */
  CloseableIterable<RowData> read(FileScanTask task) {
    if (task.file().format() != FileFormat.PARQUET) {
      throw new UnsupportedOperationException(
          "file "
              + task.file().location()
              + " is "
              + task.file().format()
              + ", but Sluice's Flink connector reads Parquet; rewrite the file");
    }
    Deletes deletes = new Deletes(task.file().location(), task.deletes());
    Schema read = Witnesses.add(deletes.requiredSchema(), table.schemas().values());
    Map<Integer, ?> constants = PartitionUtil.constantsMap(task, LakeFileReader::constant);
    Parquet.ReadBuilder builder =
        Parquet.read(table.io().newInputFile(task.file()))
            .project(read)
            .split(task.start(), task.length())
            .filter(LakeColumns.applicable(filters, read))
            .createReaderFunc(
                fileSchema ->
                    FlinkParquetReaders.buildReader(
                        PlainTimes.of(read),
                        PlainTimes.of(fileSchema),
                        needed(constants, read, fileSchema)));
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    if (mapping != null) {
      builder.withNameMapping(NameMappingParser.fromJson(mapping));
    }
    return deletes.filter(builder.build());
  }

  /**
   * Returns constants without those of fields within structs that the file has: whether a struct is
   * null is read from the fields within it, and a constant would say that it never is.
   */
  private static Map<Integer, ?> needed(
      Map<Integer, ?> constants, Schema read, MessageType fileSchema) {
    Map<Integer, Object> needed = new HashMap<>(constants);
    Set<Integer> inFile = new HashSet<>();
    addIds(fileSchema, inFile);
    needed.keySet().removeIf(id -> inFile.contains(id) && read.asStruct().field(id) == null);
    return needed;
  }

  private static void addIds(GroupType group, Set<Integer> ids) {
    for (org.apache.parquet.schema.Type field : group.getFields()) {
      if (field.getId() != null) {
        ids.add(field.getId().intValue());
      }
      if (!field.isPrimitive()) {
        addIds(field.asGroupType(), ids);
      }
    }
  }

  private static Object constant(Type type, Object value) {
    return type.typeId() == Type.TypeID.TIME ? value : RowDataUtil.convertConstant(type, value);
  }

  private final class Deletes extends DeleteFilter<RowData> {

    private final RowDataWrapper wrapper;

    Deletes(String file, List<DeleteFile> deletes) {
      super(file, deletes, columns, projection);
      Schema plain = PlainTimes.of(requiredSchema());
      this.wrapper = new RowDataWrapper(FlinkSchemaUtil.convert(plain), plain.asStruct());
    }

    @Override
    protected StructLike asStructLike(RowData row) {
      return wrapper.wrap(row);
    }

    @Override
    protected InputFile getInputFile(String location) {
      return table.io().newInputFile(location);
    }
  }
}
