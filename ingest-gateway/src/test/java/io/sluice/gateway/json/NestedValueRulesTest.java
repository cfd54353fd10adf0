package io.sluice.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.rows.RowsFixture;
import java.util.List;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NestedValueRulesTest {

  // Columns: type | value in the request | value as it is read back ("=" if the same).
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          list<int> | [] | =
          list<int> | [1,null,3] | =
          list<list<string>> | [[],null,["a"]] | =
          struct<a: int, b: string> | {"b":"x"} | {"a":null,"b":"x"}
          struct<a: int, b: string> | {} | {"a":null,"b":null}
          struct<a: struct<b: list<date>>> | {"a":{"b":["2024-01-01"]}} | =
          map<string, int> | {} | =
          map<string, int> | [] | {}
          map<string, int> | {"b":1,"a":null} | =
          map<string, int> | [{"key":"b","value":1},{"value":2,"key":""}] | {"b":1,"":2}
          map<string, int> | [{"key":"a"}] | {"a":null}
          map<int, string> | {"007":"x","-1":"y"} | {"7":"x","-1":"y"}
          map<boolean, int> | {"TRUE":1} | {"true":1}
          map<double, int> | {"1":1,"NaN":2,"-0.0":3,"0.0":4} | {"1.0":1,"NaN":2,"-0.0":3,"0.0":4}
          map<decimal(9, 2), int> | {"1.5":1} | {"1.50":1}
          map<date, int> | {"2024-01-01":1} | =
          map<timestamptz, int> | {"2024-01-01 01:00:00+01:00":1} | {"2024-01-01T00:00:00Z":1}
          map<binary, int> | {"/+8=":1,"":2} | =
          map<list<int>, int> | [{"key":[1],"value":2},{"key":[],"value":3}] | =
          map<struct<a: int, b: int>, int> | [{"key":{"b":1},"value":2}] | [{"key":{"a":null,"b":1},"value":2}]
          map<string, map<int, list<boolean>>> | {"x":{"1":[true]},"y":{},"z":null} | =
          """)
  void isRead(String type, String value, String json) throws Exception {
    assertThat(column(type).lines("{}\n{\"v\":" + value + "}\n{\"v\":null}"))
        .containsExactly(
            "{\"v\":null}", "{\"v\":" + (json.equals("=") ? value : json) + "}", "{\"v\":null}");
  }

  // Columns: type | value in the request | the column at fault | a part of the reason.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          list<int> | 1 | v | expected an array, got the number 1
          list<int> | "1" | v | expected an array, got the string "1"
          list<int> | {"0":1} | v | expected an array, got an object
          list<int> | [1,"2"] | v[1] | expected an integer, got the string "2"
          list<int> | [1,[2]] | v[1] | expected a value of type int, got an array
          list<int not null> | [1,null] | v[1] | a value is required, got null
          list<list<int>> | [[1],[2,true]] | v[1][1] | expected an integer, got true
          struct<a: int> | [1] | v | expected an object, got an array
          struct<a: int> | false | v | expected an object, got false
          struct<a: int> | {"a":1.5} | v.a | expected an integer, got the number 1.5
          struct<a: int> | {"A":1} | v.A | the struct has no such field
          struct<a: int> | {"a":1,"a":1} | v.a | the field is named twice
          struct<a: int not null> | {} | v.a | the field is required, but missing
          struct<a: int not null> | {"a":null} | v.a | a value is required, got null
          list<struct<gate: int>> | [{},{},{"gate":"x"}] | v[2].gate | expected an integer
          map<string, int> | "x" | v | expected an object, or an array of {"key": ..., "value": ...}, got the string
          map<string, int> | {"EWR":"x"} | v["EWR"] | expected an integer, got the string "x"
          map<string, int not null> | {"EWR":null} | v["EWR"] | a value is required, got null
          map<string, struct<a: list<int>>> | {"EWR":{"a":[1,"x"]}} | v["EWR"].a[1] | expected an integer
          map<string, int> | {"EWR":1,"EWR":1} | v["EWR"] | the key is there twice in its map
          map<int, int> | {"1":1,"01":1} | v["01"] | the key is there twice in its map
          map<int, int> | {"x":1} | v["x"] | expected an integer, got "x"
          map<double, int> | {"NaN":1,"NaN":1} | v["NaN"] | the key is there twice in its map
          map<binary, int> | {"AA":1,"AA==":1} | v["AA=="] | the key is there twice in its map
          map<string, int> | [{"key":"a","value":1},{"key":"a","value":2}] | v[1].key | the key is there twice in its map
          map<string, int> | [{"key":null,"value":1}] | v[0].key | a value is required, got null
          map<string, int> | [{"value":1}] | v[0].key | the field is required, but missing
          map<string, int not null> | [{"key":"a"}] | v[0].value | the field is required, but missing
          map<string, int> | [{"key":"a","val":1}] | v[0].val | the struct has no such field
          map<string, int> | [{"key":"a","value":"x"}] | v[0].value | expected an integer
          map<string, int> | [["a",1]] | v[0] | expected an object with "key" and "value", got an array
          map<string, int> | [null] | v[0] | a value is required, got null
          map<list<int>, int> | {"[1]":1} | v | expected an array of {"key": ..., "value": ...}, got an object
          map<list<int>, int> | [{"key":[1]},{"key":[2]},{"key":[1]}] | v[2].key | the key is there twice in its map
          map<struct<a: int, b: string>, int> | [{"key":{}},{"key":{"a":null}}] | v[1].key | the key is there twice in its map
          map<map<string, int>, int> | [{"key":{"a":"x"}}] | v[0].key["a"] | expected an integer
          map<map<string, int>, int> | [{"key":{"a":1,"b":2}},{"key":{"b":2,"a":1}}] | v[1].key | the key is there twice in its map
          map<list<map<int, int>>, int> | [{"key":[{"1":1,"2":2}]},{"key":[{"2":2,"1":1}]}] | v[1].key | the key is there twice in its map
          """)
  void isRefused(String type, String value, String column, String reason) {
    List<String> errors =
        RowsFixture.errorsOf(() -> column(type).lines("{}\n{\"v\":" + value + "}"));

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith("2/" + column + "/").contains(reason);
  }

  @Test
  void unknownFieldsAreIgnoredIfTheTableSaysSo() throws Exception {
    assertThat(
            column("list<struct<a: int>>")
                .ignoringUnknown()
                .lines("{\"v\":[{\"b\":{\"c\":[{}]},\"a\":1},{\"A\":2}]}"))
        .containsExactly("{\"v\":[{\"a\":1},{\"a\":null}]}");
  }

  @Test
  void aNestedColumnMayBeRequiredAndIsNamedOnce() {
    RowsFixture table =
        RowsFixture.of(NestedField.required(1, "v", ArrowSchemas.parseType("list<int>")));

    assertThat(
            RowsFixture.errorsOf(
                () ->
                    table.lines("{}\n{\"v\":null}\n{\"v\":[],\"v\":[1]}\n{\"v\":[1],\"v\":null}")))
        .containsExactly(
            "1/v/the column is required, but missing",
            "2/v/the column is required, got null",
            "3/v/the column is named twice in the row",
            "4/v/the column is named twice in the row");
  }

  @Test
  void aLongKeyIsReadAsItIsWritten() throws Exception {
    String key = "é".repeat(200_000);
    String entries = "{\"v\":[{\"key\":\"" + key + "\",\"value\":1}]}";

    assertThat(column("map<string, int>").lines(entries)).containsExactly(entries);
  }

  @Test
  void valuesOfTheDeepestTypesAreRead() throws Exception {
    String type = "int";
    String array = "1";
    String object = "1";
    for (int i = 0; i < 30; i++) {
      type = "map<string, " + type + ">";
      array = "[{\"key\":\"k\",\"value\":" + array + "}]";
      object = "{\"k\":" + object + "}";
    }
    RowsFixture table = column(type);
    String row = "{\"v\":" + array + "}";

    assertThat(table.lines(row)).containsExactly("{\"v\":" + object + "}");
    assertThat(table.document("[" + row + "]")).containsExactly("{\"v\":" + object + "}");
  }

  @Test
  void manyErrorsOfARowAreBounded() {
    String many = "[" + "\"x\",".repeat(100_000) + "1]";

    assertThat(RowsFixture.errorsOf(() -> column("list<int>").lines("{\"v\":" + many + "}")))
        .hasSize(100)
        .allMatch(error -> error.contains("expected an integer"));
  }

  @Test
  void whatValuesTakeAsArrowIsBounded() throws Exception {
    String wide = "struct<a: decimal(38, 0), b: decimal(38, 0), c: decimal(38, 0)>";
    String most = "{\"v\":[" + "{},".repeat(18) + "{}]}";
    String more = "{\"v\":[" + "{},".repeat(20) + "{}]}";
    RowsFixture.Sorted sorted =
        column("list<" + wide + ">").settingAside(more + "\n" + most + "\n" + more, 1_000);

    assertThat(sorted.good()).hasSize(1);
    assertThat(sorted.bad()).containsExactly(more, more);
    assertThat(sorted.reasons().get(0)).contains("those of a row may take 1000");
  }

  @Test
  void aRowThatIsNearlyTooLargeMayHaveNullsInColumnsWithoutAnyValue() throws Exception {
    RowsFixture table =
        RowsFixture.of(
            NestedField.optional(1, "v", Types.StringType.get()),
            NestedField.optional(2, "w", Types.IntegerType.get()));
    String row = "{\"v\":\"" + "x".repeat(40) + "\",\"w\":null}";

    assertThat(table.settingAside(row, 50).good()).containsExactly(row);
  }

  private static RowsFixture column(String type) {
    return RowsFixture.column(ArrowSchemas.parseType(type));
  }
}
