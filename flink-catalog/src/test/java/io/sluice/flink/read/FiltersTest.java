package io.sluice.flink.read;

import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.AND;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.EQUALS;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.LESS_THAN;
import static org.apache.flink.table.functions.BuiltInFunctionDefinitions.OR;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
import org.apache.flink.table.expressions.NestedFieldReferenceExpression;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.expressions.ValueLiteralExpression;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

class FiltersTest {

  @Test
  void comparisonsBecomeIcebergs() {
    assertThat(Filters.toIceberg(less("n", DataTypes.INT(), 5)))
        .hasValueSatisfying(e -> assertThat(e).hasToString("ref(name=\"n\") < 5"));
    assertThat(Filters.toIceberg(less("d", DataTypes.DOUBLE(), 1.5))).isPresent();
  }

  /** SQL has two zeros that are equal, Iceberg has them in an order. */
  @Test
  void comparisonsWithAFloatingZeroKeepBothZeros() {
    ResolvedExpression zero = literal(0.0, DataTypes.DOUBLE());
    pushed(call(EQUALS, D, zero), "(ref(name=\"d\") >= -0.0 and ref(name=\"d\") <= 0.0)");
    pushed(
        call(BuiltInFunctionDefinitions.GREATER_THAN_OR_EQUAL, D, zero), "ref(name=\"d\") >= -0.0");
    pushed(call(LESS_THAN, D, zero), "ref(name=\"d\") < -0.0");
    pushed(call(LESS_THAN, zero, D), "ref(name=\"d\") > 0.0");
    leftToFlink(call(BuiltInFunctionDefinitions.NOT_EQUALS, D, zero));
  }

  @Test
  void whatIsNotBelowANumberMayBeNoNumber() {
    pushed(
        not(call(LESS_THAN, D, literal(1.5, DataTypes.DOUBLE()))),
        "(ref(name=\"d\") >= 1.5 or is_nan(ref(name=\"d\")))");
  }

  @Test
  void theUnknownIsLeftOutOfWhatIsAskedOfAllAndKeepsAllElsewhere() {
    ResolvedExpression known = less("n", DataTypes.INT(), 5);
    pushed(call(AND, unknown(), known), "ref(name=\"n\") < 5");
    leftToFlink(call(OR, unknown(), known));
    leftToFlink(not(call(AND, unknown(), known)));
    pushed(not(call(OR, unknown(), known)), "ref(name=\"n\") >= 5");
    leftToFlink(not(not(unknown())));
    leftToFlink(call(BuiltInFunctionDefinitions.IS_NOT_TRUE, known));
    pushed(call(BuiltInFunctionDefinitions.IS_FALSE, known), "ref(name=\"n\") >= 5");
  }

  @Test
  void patternsArePushedUpToTheirFirstWildcard() {
    pushed(like("ab%"), "ref(name=\"s\") startsWith \"\"ab\"\"");
    pushed(like("a_c%"), "ref(name=\"s\") startsWith \"\"a\"\"");
    pushed(like("a\\_c"), "ref(name=\"s\") startsWith \"\"a\"\"");
    pushed(like("ab"), "ref(name=\"s\") == \"ab\"");
    pushed(not(like("ab%")), "ref(name=\"s\") notStartsWith \"\"ab\"\"");
    leftToFlink(not(like("a_c%")));
    leftToFlink(not(like("ab%c")));
    leftToFlink(like("%b"));
    leftToFlink(like(""));
  }

  @Test
  void literalsThatAColumnCannotHaveAreLeftToFlink() {
    leftToFlink(less("m", DataTypes.DECIMAL(5, 2), new BigDecimal("1.005")));
    pushed(less("m", DataTypes.DECIMAL(5, 2), new BigDecimal("1.5")), "ref(name=\"m\") < 1.50");
    leftToFlink(less("f", DataTypes.FLOAT(), 0.1));
    pushed(less("f", DataTypes.FLOAT(), 0.5), "ref(name=\"f\") < 0.5");
    leftToFlink(less("l", DataTypes.BIGINT(), 5.0));
    leftToFlink(less("t", DataTypes.TIMESTAMP(6), LocalDateTime.of(2026, 1, 1, 0, 0, 0, 1)));
  }

  @Test
  void castsThatKeepAllValuesAreLookedThrough() {
    pushed(
        call(LESS_THAN, cast(N, DataTypes.BIGINT()), literal(5_000_000_000L, DataTypes.BIGINT())),
        "ref(name=\"n\") < 5000000000");
    ResolvedExpression l = new FieldReferenceExpression("l", DataTypes.BIGINT(), 0, 0);
    leftToFlink(call(LESS_THAN, cast(l, DataTypes.DOUBLE()), literal(5.0, DataTypes.DOUBLE())));
    leftToFlink(call(LESS_THAN, cast(l, DataTypes.INT()), literal(5, DataTypes.INT())));
  }

  @Test
  void fieldsWithinOthersArePushedButForTheirNulls() {
    ResolvedExpression x =
        new NestedFieldReferenceExpression(
            new String[] {"place", "x"}, new int[] {0, 0}, DataTypes.INT());
    pushed(call(LESS_THAN, x, literal(5, DataTypes.INT())), "ref(name=\"place.x\") < 5");
    leftToFlink(call(BuiltInFunctionDefinitions.IS_NULL, x));
    pushed(call(BuiltInFunctionDefinitions.IS_NOT_NULL, x), "not_null(ref(name=\"place.x\"))");
  }

  @Test
  void whatIcebergHasNoWordForIsLeftToFlink() {
    ResolvedExpression field = new FieldReferenceExpression("s", DataTypes.STRING(), 0, 0);
    ResolvedExpression upper =
        call(BuiltInFunctionDefinitions.UPPER, DataTypes.STRING(), List.of(field));
    ResolvedExpression filter =
        call(
            BuiltInFunctionDefinitions.EQUALS,
            DataTypes.BOOLEAN(),
            List.of(upper, new ValueLiteralExpression("A", DataTypes.STRING().notNull())));
    assertThat(Filters.toIceberg(filter)).isEmpty();
  }

  private static final ResolvedExpression D =
      new FieldReferenceExpression("d", DataTypes.DOUBLE(), 0, 0);
  private static final ResolvedExpression N =
      new FieldReferenceExpression("n", DataTypes.INT(), 0, 0);

  private static void pushed(ResolvedExpression filter, String expression) {
    assertThat(Filters.toIceberg(filter))
        .hasValueSatisfying(e -> assertThat(e).hasToString(expression));
  }

  private static void leftToFlink(ResolvedExpression filter) {
    assertThat(Filters.toIceberg(filter)).isEmpty();
  }

  private static ResolvedExpression unknown() {
    ResolvedExpression upper =
        call(
            BuiltInFunctionDefinitions.UPPER,
            DataTypes.STRING(),
            List.of(new FieldReferenceExpression("s", DataTypes.STRING(), 0, 0)));
    return call(EQUALS, upper, literal("A", DataTypes.STRING()));
  }

  private static ResolvedExpression like(String pattern) {
    return call(
        BuiltInFunctionDefinitions.LIKE,
        new FieldReferenceExpression("s", DataTypes.STRING(), 0, 0),
        literal(pattern, DataTypes.STRING()));
  }

  private static ResolvedExpression not(ResolvedExpression filter) {
    return call(BuiltInFunctionDefinitions.NOT, filter);
  }

  private static ResolvedExpression cast(ResolvedExpression column, DataType to) {
    return call(BuiltInFunctionDefinitions.CAST, to, List.of(column));
  }

  private static ResolvedExpression literal(Object value, DataType type) {
    return new ValueLiteralExpression(value, type.notNull());
  }

  private static ResolvedExpression call(
      BuiltInFunctionDefinition function, ResolvedExpression... arguments) {
    return call(function, DataTypes.BOOLEAN(), List.of(arguments));
  }

  private static ResolvedExpression less(String column, DataType type, Object value) {
    return call(
        BuiltInFunctionDefinitions.LESS_THAN,
        DataTypes.BOOLEAN(),
        List.of(
            new FieldReferenceExpression(column, type, 0, 0),
            new ValueLiteralExpression(value, literalType(type, value).notNull())));
  }

  private static DataType literalType(DataType column, Object value) {
    if (value instanceof BigDecimal decimal) {
      return DataTypes.DECIMAL(9, decimal.scale());
    }
    return value instanceof Double
        ? DataTypes.DOUBLE()
        : value instanceof LocalDateTime ? DataTypes.TIMESTAMP(9) : column;
  }

  private static ResolvedExpression call(
      BuiltInFunctionDefinition function, DataType type, List<ResolvedExpression> arguments) {
    return CallExpression.permanent(function, arguments, type);
  }
}
