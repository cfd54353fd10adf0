package io.sluice.catalog.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.UpdatePartitionSpec;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Types.NestedField;

/**
 * How a lake table is partitioned, as text: {@code month(time_hour),carrier}. Transforms and their
 * names are Iceberg's: a column by itself, {@code bucket(n, column)}, {@code truncate(width,
 * column)}, {@code year}, {@code month}, {@code day} and {@code hour} of a column. A name with
 * other characters than letters, digits and underscores is put into backticks, one in it doubled.
 *
 * @param terms in the order of the partition's fields; empty if the table isn't partitioned
 */
public record LakePartitioning(List<Term> terms) {

  /** Not partitioned. */
  public static final LakePartitioning NONE = new LakePartitioning(List.of());

  /** The most fields, as each makes partitions smaller. */
  private static final int MOST_TERMS = 8;

  /** The most characters of a text that an error repeats. */
  private static final int MOST_SHOWN = 60;

  // What was taken is never given back, as texts may be long: the stack would end, or the day.
  private static final String NAME = "(?:`(?:[^`]++|``)++`|[\\p{L}\\p{N}_]++)";

  /** A term: a column, or a transform with perhaps a number and a column. */
  private static final Pattern TERM =
      Pattern.compile(
          "\\s*+(?:(?<transform>[A-Za-z]++)\\s*+\\(\\s*+(?:(?<number>\\d++)\\s*+,\\s*+)?+(?<column>%s)\\s*+\\)|(?<plain>%s))\\s*+"
              .formatted(NAME, NAME));

  private static final Pattern PLAIN_NAME = Pattern.compile("[\\p{L}\\p{N}_]++");

  private static final String EXAMPLE =
      "write it like month(time_hour),bucket(16, id),truncate(4, code),carrier";

  /** What is made of a column's values. */
  public enum Kind {
    /** The value itself. */
    IDENTITY,
    /** One of so many hashes. */
    BUCKET,
    /** Its first characters, or the multiple of a width below it. */
    TRUNCATE,
    /** Years since 1970. */
    YEAR,
    /** Months since 1970. */
    MONTH,
    /** Days since 1970. */
    DAY,
    /** Hours since 1970. */
    HOUR;

    boolean hasNumber() {
      return this == BUCKET || this == TRUNCATE;
    }
  }

  /**
   * One field of a partition.
   *
   * @param number buckets or width, at least 1; 0 for the kinds without
   */
  public record Term(Kind kind, int number, String column) {

    Transform<Object, ?> transform() {
      return switch (kind) {
        case IDENTITY -> Transforms.identity();
        case BUCKET -> Transforms.bucket(number);
        case TRUNCATE -> Transforms.truncate(number);
        case YEAR -> Transforms.year();
        case MONTH -> Transforms.month();
        case DAY -> Transforms.day();
        case HOUR -> Transforms.hour();
      };
    }

    private void addTo(PartitionSpec.Builder spec) {
      switch (kind) {
        case IDENTITY -> spec.identity(column);
        case BUCKET -> spec.bucket(column, number);
        case TRUNCATE -> spec.truncate(column, number);
        case YEAR -> spec.year(column);
        case MONTH -> spec.month(column);
        case DAY -> spec.day(column);
        case HOUR -> spec.hour(column);
      }
    }

    private org.apache.iceberg.expressions.Term expression() {
      return switch (kind) {
        case IDENTITY -> Expressions.ref(column);
        case BUCKET -> Expressions.bucket(column, number);
        case TRUNCATE -> Expressions.truncate(column, number);
        case YEAR -> Expressions.year(column);
        case MONTH -> Expressions.month(column);
        case DAY -> Expressions.day(column);
        case HOUR -> Expressions.hour(column);
      };
    }

    @Override
    public String toString() {
      String name =
          PLAIN_NAME.matcher(column).matches() ? column : "`" + column.replace("`", "``") + "`";
      if (kind == Kind.IDENTITY) {
        return name;
      }
      String lower = kind.name().toLowerCase(Locale.ROOT);
      return kind.hasNumber() ? lower + "(" + number + ", " + name + ")" : lower + "(" + name + ")";
    }
  }

  public LakePartitioning {
    terms = List.copyOf(terms);
    if (terms.size() > MOST_TERMS) {
      throw new IllegalArgumentException(
          "it has " + terms.size() + " fields, more than " + MOST_TERMS);
    }
    Set<Term> seen = new HashSet<>();
    for (Term term : terms) {
      if (!seen.add(term)) {
        throw new IllegalArgumentException(shown(term.toString()) + " is there twice");
      }
    }
  }

  /** Returns a partitioning by the values of columns. */
  public static LakePartitioning ofColumns(List<String> columns) {
    return new LakePartitioning(
        columns.stream().map(column -> new Term(Kind.IDENTITY, 0, column)).toList());
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if it isn't one; the message says where, and gives an example
   */
  public static LakePartitioning parse(String text) {
    List<Term> terms = new ArrayList<>();
    if (text.isBlank()) {
      return NONE;
    }
    Matcher matcher = TERM.matcher(text);
    int at = 0;
    while (true) {
      if (!matcher.region(at, text.length()).lookingAt()) {
        throw unreadable(text, at);
      }
      terms.add(term(matcher));
      at = matcher.end();
      if (at == text.length()) {
        return new LakePartitioning(terms);
      }
      if (text.charAt(at) != ',') {
        throw unreadable(text, at);
      }
      at++;
    }
  }

  private static IllegalArgumentException unreadable(String text, int at) {
    String rest = text.substring(at).strip();
    return new IllegalArgumentException(
        (rest.isEmpty()
                ? "a field is missing at its end"
                : "it can't be read from '" + shown(rest) + "' on")
            + "; "
            + EXAMPLE);
  }

  private static String shown(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }

  private static Term term(Matcher matcher) {
    String plain = matcher.group("plain");
    if (plain != null) {
      return new Term(Kind.IDENTITY, 0, unquoted(plain));
    }
    String name = matcher.group("transform");
    String number = matcher.group("number");
    Kind kind = kind(name);
    if (kind.hasNumber() != (number != null)) {
      throw new IllegalArgumentException(
          "%s(...) takes %s; %s"
              .formatted(
                  name, kind.hasNumber() ? "a number and a column" : "a column alone", EXAMPLE));
    }
    int count = 0;
    if (number != null) {
      // Ten digits may be more than an int holds.
      long parsed = number.length() > 10 ? Long.MAX_VALUE : Long.parseLong(number);
      if (parsed < 1 || parsed > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(name + "(" + shown(number) + ", ...) is out of range");
      }
      count = (int) parsed;
    }
    return new Term(kind, count, unquoted(matcher.group("column")));
  }

  private static Kind kind(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (Kind kind : Kind.values()) {
      // Spark says years, months, days, hours.
      if (upper.equals(kind.name()) || (!kind.hasNumber() && upper.equals(kind.name() + "S"))) {
        return kind;
      }
    }
    throw new IllegalArgumentException("there is no transform '" + shown(name) + "'; " + EXAMPLE);
  }

  private static String unquoted(String name) {
    return name.startsWith("`") ? name.substring(1, name.length() - 1).replace("``", "`") : name;
  }

  /** Returns the names of the columns that it is made of. */
  public Set<String> columns() {
    return terms.stream().map(Term::column).collect(Collectors.toSet());
  }

  /** Returns whether lake tables with this are partitioned. */
  public boolean isPartitioned() {
    return !terms.isEmpty();
  }

  /**
   * Returns the partition spec for a table's schema, with the names that Iceberg gives fields.
   *
   * @throws IllegalArgumentException if a column isn't there, can't be partitioned so, or is
   *     partitioned in two ways that say the same
   */
  public PartitionSpec spec(Schema schema) {
    PartitionSpec.Builder builder = PartitionSpec.builderFor(schema);
    for (Term term : terms) {
      NestedField column = schema.findField(term.column());
      if (column == null || !ColumnPath.isSingle(column, schema)) {
        throw new IllegalArgumentException(
            "lake.partitioning names no column: '"
                + shown(term.column())
                + "'; the columns are "
                + schema.columns().stream()
                    .map(NestedField::name)
                    .collect(Collectors.joining(", ")));
      }
      if (!term.transform().canTransform(column.type())) {
        throw new IllegalArgumentException(
            "lake.partitioning can't have %s: column '%s' is %s"
                .formatted(term, term.column(), column.type()));
      }
      try {
        term.addTo(builder);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "lake.partitioning can't have " + term + ": " + e.getMessage(), e);
      }
    }
    return builder.build();
  }

  /**
   * Has an update make a lake table's current spec this one. Files of before keep theirs.
   *
   * @param current the spec now
   */
  void evolve(PartitionSpec current, UpdatePartitionSpec update) {
    Schema schema = current.schema();
    List<PartitionField> wanted = spec(schema).fields();
    for (PartitionField field : current.fields()) {
      if (!field.transform().isVoid() && wanted.stream().noneMatch(other -> same(field, other))) {
        update.removeField(field.name());
      }
    }
    for (int i = 0; i < terms.size(); i++) {
      PartitionField field = wanted.get(i);
      if (current.fields().stream().noneMatch(other -> same(field, other))) {
        update.addField(field.name(), terms.get(i).expression());
      }
    }
  }

  private static boolean same(PartitionField one, PartitionField other) {
    return one.sourceId() == other.sourceId() && one.transform().equals(other.transform());
  }

  /** Returns the text that {@link #parse} reads; empty if there is no partitioning. */
  @Override
  public String toString() {
    return terms.stream().map(Term::toString).collect(Collectors.joining(","));
  }
}
