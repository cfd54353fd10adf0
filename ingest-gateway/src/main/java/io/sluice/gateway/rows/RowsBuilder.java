package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the rows of one request into a canonical Arrow root, or the errors of those that don't
 * fit: these refuse the request, unless they are {@linkplain #settingAside set aside}. A parser
 * calls a method per value, then {@link #endRow}. Not thread-safe.
 *
 * <p>Memory is bounded by the allocator: a request that needs more than its limit ends in Arrow's
 * {@code OutOfMemoryException}.
 */
public final class RowsBuilder implements AutoCloseable {

  /** What {@link #column} answers for a name that the table doesn't have. */
  public static final int UNKNOWN = -1;

  private static final int MOST_NAME_SHOWN = 128;
  private static final long MOST_FIXED_BYTES = 16;
  private static final Set<String> SYSTEM_COLUMNS = Set.of("_bucket", "_offset", "_timestamp");

  private final boolean refuseUnknown;
  private final VectorSchemaRoot root;
  private final String[] names;
  private final boolean[] required;
  // Of columns that have one; the others are null where a row doesn't name them.
  private final @Nullable Object[] defaults;
  private final Type[] types;
  private final ColumnWriter[] writers;
  // Null for columns of primitive types.
  private final @Nullable NestedValue[] nested;
  private final boolean hasNested;
  private final boolean hasMaps;
  private final Map<String, Integer> columns = new HashMap<>();
  private final List<RowError> errors = new ArrayList<>();
  private final List<RowError> errorsOfRow = new ArrayList<>();
  // The row that last named each column: tells duplicate and missing columns without clearing
  // anything per row.
  private final int[] lastNamed;
  private @Nullable BadRows aside;
  private long mostValueBytes = Long.MAX_VALUE;
  private int rows;
  private int kept;
  private boolean broken;
  private boolean handedOver;

  /**
   * Starts an empty request.
   *
   * @param rowSchema the table's columns without system columns
   * @param refuseUnknown whether a column that the table doesn't have is an error; else it is
   *     ignored
   * @param allocator bounds the memory of the rows
   */
  public RowsBuilder(Schema rowSchema, boolean refuseUnknown, BufferAllocator allocator) {
    List<NestedField> fields = rowSchema.columns();
    this.refuseUnknown = refuseUnknown;
    this.root = VectorSchemaRoot.create(ArrowSchemas.of(rowSchema), allocator);
    this.names = new String[fields.size()];
    this.required = new boolean[fields.size()];
    this.defaults = new Object[fields.size()];
    this.types = new Type[fields.size()];
    this.writers = new ColumnWriter[fields.size()];
    this.nested = new NestedValue[fields.size()];
    this.lastNamed = new int[fields.size()];
    Arrays.fill(lastNamed, -1);
    for (int i = 0; i < names.length; i++) {
      NestedField field = fields.get(i);
      FieldVector vector = root.getVector(i);
      names[i] = field.name();
      required[i] = field.isRequired();
      defaults[i] = field.writeDefault();
      types[i] = field.type();
      if (field.type().isNestedType()) {
        NestedValue value = NestedValue.of(field, vector, null, new NestedRefusals());
        nested[i] = value;
        writers[i] = notNested(value);
      } else {
        writers[i] = ColumnWriters.of(field.type(), vector);
      }
      columns.put(field.name(), i);
    }
    this.hasNested = TypeUtil.find(rowSchema, Type::isNestedType) != null;
    this.hasMaps = TypeUtil.find(rowSchema, Type::isMapType) != null;
  }

  private static ColumnWriter notNested(NestedValue value) {
    return (row, form, text) -> {
      throw new BadValueException("expected " + value.form() + ", got " + form.shown(text));
    };
  }

  /**
   * Has rows that don't fit given to {@code aside}; the others are the request's.
   *
   * @param mostValueBytes the most bytes that the values of a row may have, as Arrow
   */
  public RowsBuilder settingAside(BadRows aside, long mostValueBytes) {
    this.aside = aside;
    this.mostValueBytes = mostValueBytes;
    return this;
  }

  /** Returns the column's place, or {@link #UNKNOWN}. Names are exact, capitals included. */
  public int column(String name) {
    return columns.getOrDefault(name, UNKNOWN);
  }

  /** Returns the name of the column at a place. */
  public String name(int column) {
    return names[column];
  }

  /** Returns the number of columns. */
  public int columnCount() {
    return names.length;
  }

  /** Returns whether rows that don't name the column are refused. */
  public boolean mustBeNamed(int column) {
    return required[column] && defaults[column] == null;
  }

  /** Returns whether the column's type is a list, a map or a struct. */
  public boolean isNested(int column) {
    return nested[column] != null;
  }

  /** Returns whether there are maps, whose keys may be names in JSON, each row having others. */
  public boolean hasMaps() {
    return hasMaps;
  }

  /** Returns whether so much is wrong with the request that reading on is of no use. */
  public boolean isFull() {
    return errors.size() >= BadRowsException.MOST_ERRORS || (broken && aside != null);
  }

  /** Tells where a CSV header stands in the body. */
  public void header(int start, int end) {
    if (aside != null) {
      aside.header(start, end);
    }
  }

  /** Adds a value to the row. */
  public void value(int column, ValueForm form, String text) {
    if (isDuplicate(column)) {
      return;
    }
    try {
      writers[column].write(kept, form, text);
    } catch (BadValueException e) {
      refuse(names[column], e.reason());
    }
  }

  /** Adds a null to the row. */
  public void nullValue(int column) {
    if (!isDuplicate(column) && required[column]) {
      refuse(names[column], "the column is required, got null");
    }
  }

  /**
   * Adds the array or object that a parser is at.
   *
   * @throws IOException if it is no JSON; the row is then to be refused, see {@link #badRow} and
   *     {@link #badValue}
   */
  public void nestedValue(int column, JsonParser parser) throws IOException {
    if (isDuplicate(column)) {
      parser.skipChildren();
      return;
    }
    NestedValue value = nested[column];
    if (value != null) {
      value.read(parser, kept);
    } else {
      String got = ValueForm.shown(parser);
      parser.skipChildren();
      refuse(names[column], "the column takes no nested values, got " + got);
    }
  }

  /** Refuses the column's value, whatever was added of it. */
  public void badValue(int column, String reason) {
    lastNamed[column] = rows;
    refuse(names[column], reason);
  }

  /** Tells of a column that the table doesn't have, named by the row. */
  public void unknown(String name) {
    if (refuseUnknown) {
      refuse(cut(name), unknownReason(name));
    }
  }

  /**
   * Tells of a column that the table doesn't have, named by a CSV header. Returns whether it is
   * refused.
   */
  public boolean unknownInHeader(String name) {
    if (refuseUnknown) {
      badHeader(cut(name), unknownReason(name));
    }
    return refuseUnknown;
  }

  /**
   * Ends the row: columns that weren't named have their default, or are null.
   *
   * @param start where it begins in the body
   * @param end one past its last byte
   */
  public void endRow(int start, int end) {
    for (int i = 0; i < names.length; i++) {
      Object value = defaults[i];
      if (value != null && lastNamed[i] != rows) {
        lastNamed[i] = rows;
        ColumnDefaults.set(root.getVector(i), kept, types[i], value);
      } else if (required[i] && lastNamed[i] != rows) {
        refuse(names[i], "the column is required, but missing");
      }
    }
    end(start, end);
  }

  /**
   * Ends the row, which stands where {@link #endRow} says, as one that can't be read as a whole.
   */
  public void badRow(String reason, int start, int end) {
    refuse(null, reason);
    end(start, end);
  }

  /**
   * Refuses the request from the row being read on: where rows begin and end can't be told any
   * more, or what is there isn't text.
   */
  public void broken(String reason) {
    add(new RowError(rows + 1L, null, reason));
    broken = true;
    errorsOfRow.clear();
    rows++;
  }

  /** Refuses the header of a CSV body. */
  public void badHeader(@Nullable String column, String reason) {
    add(new RowError(0, column, reason));
  }

  /**
   * Ends the request.
   *
   * @return the rows, owned by the caller
   * @throws BadRowsException if the request is refused
   */
  public VectorSchemaRoot finish() throws BadRowsException {
    if (!errors.isEmpty()) {
      throw new BadRowsException(errors);
    }
    root.setRowCount(kept);
    handedOver = true;
    return root;
  }

  /** Frees the rows, unless {@link #finish} handed them over. */
  @Override
  public void close() {
    if (!handedOver) {
      root.close();
    }
  }

  private static String cut(String name) {
    return name.length() <= MOST_NAME_SHOWN ? name : name.substring(0, MOST_NAME_SHOWN) + "...";
  }

  private static String unknownReason(String name) {
    return SYSTEM_COLUMNS.contains(name)
        ? "the column is a system column that Sluice fills: leave it out"
        : "the table has no such column (names are exact, capitals included)";
  }

  private boolean isDuplicate(int column) {
    if (lastNamed[column] == rows) {
      refuse(names[column], "the column is named twice in the row");
      return true;
    }
    lastNamed[column] = rows;
    return false;
  }

  private void refuse(@Nullable String column, String reason) {
    if (errorsOfRow.size() < BadRowsException.MOST_ERRORS) {
      errorsOfRow.add(new RowError(rows + 1L, column, reason));
    }
  }

  private void end(int start, int end) {
    // Text never takes more bytes as Arrow, other values take up to 16, if they aren't nested.
    boolean small = end - (long) start + names.length * MOST_FIXED_BYTES <= mostValueBytes;
    if (mostValueBytes < Long.MAX_VALUE && (hasNested || !small)) {
      requireSmall();
    }
    if (errorsOfRow.isEmpty()) {
      kept++;
    } else {
      takeBack();
      if (aside == null) {
        errorsOfRow.forEach(this::add);
      } else {
        aside.add(List.copyOf(errorsOfRow), start, end);
      }
    }
    errorsOfRow.clear();
    rows++;
  }

  private void requireSmall() {
    long bytes = 0;
    for (int i = 0; i < names.length; i++) {
      NestedValue value = nested[i];
      if (value != null) {
        bytes += value.bytes(kept, kept + 1);
      } else if (lastNamed[i] == rows && NestedValue.isSet(root.getVector(i), kept)) {
        bytes +=
            root.getVector(i) instanceof BaseVariableWidthVector text
                ? text.getValueLength(kept)
                : MOST_FIXED_BYTES;
      }
    }
    if (bytes > mostValueBytes) {
      refuse(
          null, "its values take " + bytes + " bytes, those of a row may take " + mostValueBytes);
    }
  }

  /** Empties the row's place for the next one. */
  private void takeBack() {
    for (int i = 0; i < names.length; i++) {
      NestedValue value = nested[i];
      if (value != null) {
        value.clear(kept, kept + 1);
      } else if (lastNamed[i] == rows) {
        FieldVector vector = root.getVector(i);
        if (vector instanceof BaseVariableWidthVector text) {
          // A null may not keep the bytes of what was there.
          text.setSafe(kept, new byte[0]);
        }
        vector.setNull(kept);
      }
    }
  }

  private void add(RowError error) {
    if (!isFull()) {
      errors.add(error);
    }
  }

  /** Errors within nested columns, by their paths. */
  private final class NestedRefusals implements NestedValue.Refusals {
    @Override
    public void refuse(NestedValue place, String reason) {
      if (errorsOfRow.size() < BadRowsException.MOST_ERRORS) {
        RowsBuilder.this.refuse(place.path(), reason);
      }
    }

    @Override
    public void unknown(NestedValue struct, String name) {
      if (refuseUnknown && errorsOfRow.size() < BadRowsException.MOST_ERRORS) {
        RowsBuilder.this.refuse(
            struct.path() + "." + cut(name),
            "the struct has no such field (names are exact, capitals included)");
      }
    }
  }
}
