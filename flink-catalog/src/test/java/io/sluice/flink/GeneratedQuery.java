package io.sluice.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** A query of a table with its system columns, its filters by what planners do with them. */
final class GeneratedQuery {

  private static final List<String> COMPARISONS = List.of("=", "<>", "<", "<=", ">", ">=");
  private static final List<String> PATTERNS =
      List.of("a%", "a_c%", "ab", "%b", "a%c", "ab %", "%", "a\\_c%", "");

  private final Random random;
  private final GeneratedValues values;
  private final List<Column> columns = new ArrayList<>();
  private final String select;
  private final String where;
  private long limit = -1;
  private boolean aggregate;
  private boolean metadataTells;

  /** Something to compare: a column or a field within one. */
  private record Column(String sql, Type type) {}

  GeneratedQuery(Random random, List<NestedField> table) {
    this.random = random;
    this.values = new GeneratedValues(random);
    table.forEach(field -> add(field.name(), field.type()));
    columns.add(new Column("_bucket", Types.IntegerType.get()));
    columns.add(new Column("_offset", Types.LongType.get()));
    columns.add(new Column("_timestamp", Types.TimestampType.withZone()));
    int kind = random.nextInt(5);
    this.where = kind == 4 || random.nextInt(4) == 0 ? "" : " WHERE " + predicate(2);
    if (kind < 2) {
      select = projection();
    } else if (kind == 2) {
      limit = random.nextInt(40);
      select = projection();
    } else {
      aggregate = true;
      metadataTells = where.isEmpty();
      select = aggregates();
    }
  }

  private void add(String path, Type type) {
    columns.add(new Column(path, type));
    if (type.isStructType()) {
      type.asStructType().fields().forEach(field -> add(path + "." + field.name(), field.type()));
    }
  }

  private Column any() {
    return columns.get(random.nextInt(columns.size()));
  }

  private String projection() {
    List<String> items = new ArrayList<>();
    int count = random.nextInt(4) + 1;
    for (int i = 0; i < count; i++) {
      items.add(any().sql() + " AS s" + i);
    }
    return String.join(", ", items);
  }

  private String aggregates() {
    List<String> items = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    boolean columnsAlone = false;
    boolean counts = false;
    for (int i = 0; i < count; i++) {
      Column column = any();
      boolean ordered = hasOrder(column.type());
      String item =
          switch (random.nextInt(ordered ? 4 : 2)) {
            case 0 -> "COUNT(*)";
            case 1 ->
                random.nextInt(4) == 0
                    ? "COUNT(CASE WHEN " + predicate(0) + " THEN 1 END)"
                    : "COUNT(" + column.sql() + ")";
            case 2 -> "MIN(" + column.sql() + ")";
            default -> "MAX(" + column.sql() + ")";
          };
      items.add(item + " AS s" + i);
      boolean nested = column.sql().contains(".");
      metadataTells &= item.equals("COUNT(*)") || (!nested && tells(column.type(), item));
      metadataTells &= !item.contains("CASE");
      columnsAlone |= item.startsWith("MIN(") || item.startsWith("MAX(");
      counts |= item.startsWith("COUNT(") && !item.equals("COUNT(*)");
    }
    metadataTells &= columnsAlone || !counts;
    return String.join(", ", items);
  }

  private static boolean tells(Type type, String item) {
    return switch (type.typeId()) {
      case STRING, TIME -> item.startsWith("COUNT");
      default -> true;
    };
  }

  /** Floats have none: what is the least of some depends on which comes first if one is NaN. */
  private static boolean hasOrder(Type type) {
    return switch (type.typeId()) {
      case INTEGER, LONG, DECIMAL, DATE, TIME, TIMESTAMP, STRING -> true;
      default -> false;
    };
  }

  private String predicate(int depth) {
    int kind = depth == 0 ? random.nextInt(7) : random.nextInt(11);
    return switch (kind) {
      case 7, 8 -> "(" + predicate(depth - 1) + " AND " + predicate(depth - 1) + ")";
      case 9 -> "(" + predicate(depth - 1) + " OR " + predicate(depth - 1) + ")";
      case 10 -> "NOT (" + predicate(depth - 1) + ")";
      default -> leaf(kind);
    };
  }

  private String leaf(int kind) {
    Column column = any();
    String sql = column.sql();
    String literal = values.literal(column.type());
    if (literal == null || kind == 0) {
      return sql + (random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
    }
    boolean orderless = column.type().typeId() == Type.TypeID.BOOLEAN;
    return switch (kind) {
      case 1 -> sql + (random.nextBoolean() ? " IN (" : " NOT IN (") + some(column) + ")";
      case 2 -> orderless ? sql : sql + " BETWEEN " + literal + " AND " + literal(column);
      case 3 -> odd(column, literal);
      case 4 -> literal + " " + comparison(orderless) + " " + sql;
      default -> sql + " " + comparison(orderless) + " " + literal;
    };
  }

  private String some(Column column) {
    List<String> literals = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      literals.add(literal(column));
    }
    return String.join(", ", literals);
  }

  private @Nullable String literal(Column column) {
    return values.literal(column.type());
  }

  private String comparison(boolean orderless) {
    return COMPARISONS.get(random.nextInt(orderless ? 2 : COMPARISONS.size()));
  }

  private String odd(Column column, String literal) {
    String sql = column.sql();
    return switch (column.type().typeId()) {
      case STRING ->
          random.nextInt(4) == 0
              ? "CHAR_LENGTH(" + sql + ") > 1"
              : sql
                  + (random.nextBoolean() ? " LIKE '" : " NOT LIKE '")
                  + PATTERNS.get(random.nextInt(PATTERNS.size()))
                  + "'";
      case BOOLEAN -> "(" + sql + ") IS NOT TRUE";
      case INTEGER -> "CAST(" + sql + " AS BIGINT) > " + literal;
      case LONG -> sql + " + 1 > " + literal;
      case FLOAT -> "CAST(" + sql + " AS DOUBLE) >= 0.1";
      case DATE -> "CAST(" + sql + " AS TIMESTAMP(3)) > TIMESTAMP '2026-01-10 00:00:00'";
      case TIMESTAMP ->
          ((Types.TimestampType) column.type()).shouldAdjustToUTC()
              ? "CAST(" + sql + " AS TIMESTAMP(3)) > TIMESTAMP '2026-01-10 00:00:00'"
              : "CAST(" + sql + " AS DATE) >= DATE '2026-01-10'";
      default -> "(" + sql + " = " + literal + ") IS NOT FALSE";
    };
  }

  /** Returns it without its limit. */
  String unlimited(String from) {
    return "SELECT " + select + " FROM " + from + where;
  }

  String sql(String from) {
    return unlimited(from) + (limit < 0 ? "" : " LIMIT " + limit);
  }

  boolean hasLimit() {
    return limit >= 0;
  }

  long limit() {
    return limit;
  }

  boolean hasFilter() {
    return !where.isEmpty();
  }

  /** Returns whether it is aggregates of all rows, which are pushed down. */
  boolean isPushedAggregate() {
    return aggregate && metadataTells;
  }
}
