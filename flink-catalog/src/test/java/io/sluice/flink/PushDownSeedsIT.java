package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.SluiceClient;
import io.sluice.testing.Seeded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generated queries of generated tables have the same answers whether things are pushed down or
 * not. More of them: {@code -Dseeds=500}.
 */
@Timeout(1_800)
class PushDownSeedsIT {

  private static final int QUERIES = 3;

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private static Path folder;
  private static Town town;
  private static SluiceClient client;
  private static int tables;

  @BeforeAll
  static void start() throws Exception {
    town = new Town(folder);
    client = town.connect();
  }

  @AfterAll
  static void stop() {
    client.close();
    town.close();
  }

  @TestFactory
  Stream<DynamicTest> noAnswerChangesByWhatIsPushedDown() {
    TableEnvironment sql = town.sql(EnvironmentSettings.inBatchMode());
    return Seeded.seeds(5, random -> check(sql, random));
  }

  private static void check(TableEnvironment sql, Random random) throws Exception {
    GeneratedTable table = new GeneratedTable("t" + tables++, random, town, client);
    String system = table.name().table() + "$system";
    table.live(() -> rows(sql, "`" + system + "`"));
    String pushed = "`" + system + "`";
    String plain = pushed + " /*+ OPTIONS('scan.push-down'='false') */";
    for (int i = 0; i < QUERIES; i++) {
      GeneratedQuery query = new GeneratedQuery(random, table.columns());
      String what = query.sql(pushed);
      try {
        checkPlanned(sql, query, pushed, plain);
      } catch (RuntimeException e) {
        throw new AssertionError(what, e);
      }
    }
    checkPast(sql, table, system);
    table.settle();
    checkPast(sql, table, system);
    client.dropTable(table.name(), false, false);
  }

  /** Flink's planner stumbles over some counts, which users are told to ask with a hint. */
  private static void checkPlanned(
      TableEnvironment sql, GeneratedQuery query, String pushed, String plain) {
    try {
      check(sql, query, pushed, plain);
    } catch (IndexOutOfBoundsException e) {
      boolean counts =
          Arrays.stream(e.getStackTrace())
              .anyMatch(frame -> frame.getClassName().contains("AggFunctionFactory"));
      if (!counts || query.isPushedAggregate()) {
        throw e;
      }
      check(sql, query, pushed + " /*+ OPTIONS('scan.aggregate-push-down'='false') */", plain);
    }
  }

  private static void check(
      TableEnvironment sql, GeneratedQuery query, String pushed, String plain) {
    List<String> expected = answer(sql, query.unlimited(plain));
    List<String> actual = answer(sql, query.sql(pushed));
    String plan = sql.explainSql(query.sql(pushed));
    assertThat(sql.explainSql(query.sql(plain)))
        .doesNotContain("limit=[", "aggregates=[", "project=[", "filter=[");
    if (query.hasLimit()) {
      assertThat(actual).as(plan).hasSize((int) Math.min(query.limit(), expected.size()));
      List<String> left = new ArrayList<>(expected);
      actual.forEach(row -> assertThat(left.remove(row)).as(row + " of " + plan).isTrue());
      assertThat(
              query.hasFilter()
                  || query.limit() == 0
                  // One that leaves nothing out isn't worth a push to the planner.
                  || query.limit() >= expected.size()
                  || plan.contains("limit=[" + query.limit() + "]"))
          .as(plan)
          .isTrue();
    } else {
      assertThat(actual).as(plan).isEqualTo(expected);
    }
    if (query.isPushedAggregate()) {
      assertThat(plan).contains("aggregates=[grouping=[], aggFunctions=[");
    }
  }

  /** It was as it is seen now to have been. */
  private static void checkPast(TableEnvironment sql, GeneratedTable table, String system) {
    for (int i = 0; i < table.moments().size(); i++) {
      String then = table.moments().get(i).of(system, sql.getConfig().getLocalTimeZone());
      assertThat(rows(sql, then)).as(then).isEqualTo(table.rowsThen().get(i));
      assertThat(answer(sql, "SELECT COUNT(*) FROM " + then))
          .as(then)
          .containsExactly("+I[" + table.rowsThen().get(i).size() + "]");
    }
  }

  /** Columns come and go, these stay. */
  private static List<String> rows(TableEnvironment sql, String from) {
    return answer(sql, "SELECT n, _bucket, _offset FROM " + from);
  }

  private static List<String> answer(TableEnvironment sql, String query) {
    return Town.rows(sql, query).stream().map(Row::toString).sorted().toList();
  }
}
