package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.expressions.CallExpression;
import org.apache.flink.table.expressions.FieldReferenceExpression;
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

  @Test
  void comparisonsWithAFloatingZeroAreLeftToFlink() {
    assertThat(Filters.toIceberg(less("d", DataTypes.DOUBLE(), 0.0))).isEmpty();
    assertThat(Filters.toIceberg(less("d", DataTypes.DOUBLE(), -0.0))).isEmpty();
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

  private static ResolvedExpression less(String column, DataType type, Object value) {
    return call(
        BuiltInFunctionDefinitions.LESS_THAN,
        DataTypes.BOOLEAN(),
        List.of(
            new FieldReferenceExpression(column, type, 0, 0),
            new ValueLiteralExpression(value, type.notNull())));
  }

  private static ResolvedExpression call(
      BuiltInFunctionDefinition function, DataType type, List<ResolvedExpression> arguments) {
    return CallExpression.permanent(function, arguments, type);
  }
}
