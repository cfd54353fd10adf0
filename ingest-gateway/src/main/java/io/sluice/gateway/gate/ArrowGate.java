package io.sluice.gateway.gate;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.rows.RowError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * One stream of Arrow messages on its way to a table: the schema's columns are mapped when it
 * opens, then each batch is checked and made canonical. What comes out has the table's canonical
 * Arrow schema, and nothing in it can fail in whoever reads it later. One thread at a time.
 */
public final class ArrowGate implements AutoCloseable {

  private final BufferAllocator allocator;
  private final GateLimits limits;
  private final Schema schema;
  private final List<WireField> incoming;
  private final int[] targets;
  private final @Nullable Cast[] casts;
  private final Map<Long, WireType> dictionaries;
  private final List<NestedField> columns;
  private final ColumnReader reader = new ColumnReader();

  private ArrowGate(
      Table table, List<WireField> incoming, BufferAllocator allocator, GateLimits limits)
      throws GateException {
    this.allocator = allocator;
    this.limits = limits;
    this.schema = table.arrowSchema();
    this.columns = table.rowSchema().columns();
    this.incoming = incoming;
    Mapper.Result mapped = Mapper.map(table, incoming);
    this.targets = mapped.columns().targets();
    this.casts = mapped.columns().casts();
    this.dictionaries = mapped.dictionaries();
  }

  /**
   * Opens a stream.
   *
   * @param schemaMessage the flatbuffer of the stream's first message
   * @param allocator where the rows' memory comes from; its limit bounds the stream
   * @throws GateException if the columns don't fit the table; each is named
   */
  public static ArrowGate open(
      ByteBuffer schemaMessage, Table table, BufferAllocator allocator, GateLimits limits)
      throws GateException {
    return new ArrowGate(table, SchemaReader.read(schemaMessage), allocator, limits);
  }

  /**
   * Takes the next message.
   *
   * @param message the flatbuffer of a record batch or a dictionary batch
   * @param body its body, of the stream's allocator; stays the caller's, but rows may hold
   *     references to it
   * @return canonical rows for the caller to close; empty if it was a dictionary
   * @throws GateException if it isn't what it must be; nothing of it was kept
   */
  public Optional<VectorSchemaRoot> accept(ByteBuffer message, ArrowBuf body) throws GateException {
    BatchHeader header = BatchHeader.read(message, body.capacity());
    try (BodyParts parts = new BodyParts(header, body, allocator, limits)) {
      parts.requireRows(header.rows());
      Long dictionary = header.dictionary();
      if (dictionary != null) {
        keepDictionary(dictionary, parts, body);
        return Optional.empty();
      }
      return Optional.of(rows((int) header.rows(), parts));
    }
  }

  /** Releases the stream's dictionaries. */
  @Override
  public void close() {
    reader.close();
  }

  private void keepDictionary(long id, BodyParts parts, ArrowBuf body) throws GateException {
    WireType type = dictionaries.get(id);
    if (type != null) {
      reader.keep(id, type, parts, body);
    }
    // Only columns that are ignored, if any, take their values from it.
  }

  private VectorSchemaRoot rows(int rows, BodyParts parts) throws GateException {
    @Nullable FieldVector[] vectors = new @Nullable FieldVector[columns.size()];
    List<RowError> errors = new ArrayList<>();
    boolean whole = false;
    try {
      for (int i = 0; i < incoming.size(); i++) {
        Cast cast = casts[i];
        if (cast == null) {
          parts.skip(incoming.get(i));
          continue;
        }
        Column column = reader.read(incoming.get(i), cast, parts);
        if (column.rows() != rows) {
          throw new GateException(
              Code.BAD_MESSAGE,
              "column '%s' has %d values in a batch of %d rows"
                  .formatted(incoming.get(i).name(), column.rows(), rows));
        }
        vectors[targets[i]] = cast(cast, column, targets[i], errors);
      }
      parts.requireEnd();
      if (!errors.isEmpty()) {
        throw new GateException(Code.BAD_ROWS, errors);
      }
      VectorSchemaRoot root = root(vectors, rows);
      whole = true;
      return root;
    } finally {
      if (!whole) {
        close(vectors);
      }
    }
  }

  /** Casts a column; values that don't fit are gathered, one a column, so that all are told. */
  private @Nullable FieldVector cast(Cast cast, Column column, int target, List<RowError> errors)
      throws GateException {
    try {
      return cast.apply(column, target(target));
    } catch (GateException e) {
      if (e.code() != Code.BAD_ROWS) {
        throw e;
      }
      errors.addAll(e.errors());
      return null;
    }
  }

  private VectorSchemaRoot root(@Nullable FieldVector[] vectors, int rows) throws GateException {
    List<FieldVector> all = new ArrayList<>();
    for (int i = 0; i < vectors.length; i++) {
      FieldVector vector = vectors[i];
      if (vector == null) {
        vector = Casts.missing(columns.get(i)).nulls(rows, target(i));
        vectors[i] = vector;
      }
      all.add(vector);
    }
    return new VectorSchemaRoot(schema, all, rows);
  }

  private Target target(int column) {
    return Target.column(schema.getFields().get(column), allocator, limits.maxBytes());
  }

  private static void close(@Nullable FieldVector[] vectors) {
    for (FieldVector vector : vectors) {
      if (vector != null) {
        vector.close();
      }
    }
  }
}
