package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogVariablesTest {

  @ParameterizedTest
  @CsvSource({
    "SLUICE_CATALOG_TYPE, type",
    "SLUICE_CATALOG_IO_IMPL, io-impl",
    "SLUICE_CATALOG_S3__ENDPOINT, s3.endpoint",
    "SLUICE_CATALOG_S3__PATH_STYLE_ACCESS, s3.path-style-access",
    "SLUICE_CATALOG_S3__SSE__TYPE, s3.sse.type",
    "SLUICE_CATALOG_CLIENT__ASSUME_ROLE__ARN, client.assume-role.arn",
  })
  void aVariableIsAProperty(String name, String key) {
    assertThat(CatalogVariables.of(Map.of(name, "v", "SLUICE_CATALOGUE", "no")))
        .containsExactly(Map.entry(key, "v"));
    assertThat(CatalogVariables.name(key)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_TYPE", "TYPE_", "TYPE__", "A___B", "s3.endpoint", "Type", "A-B"})
  void aNameThatSaysNoKeyIsRefused(String rest) {
    String name = "SLUICE_CATALOG_" + rest;
    assertThatThrownBy(() -> CatalogVariables.of(Map.of(name, "secret")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name + " must be")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"header.X-Name", "a_b", "a..b", "a.-b", ""})
  void whatNoVariableCanNameIsALine(String key) {
    assertThatThrownBy(() -> CatalogVariables.name(key)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void linesAreProperties() {
    String lines = "s3.endpoint=http://h:1/?a=b\n\n  header.X-Name = Two words \r\nempty=\n";

    assertThat(CatalogVariables.of(Map.of("SLUICE_CATALOG", lines, "SLUICE_CATALOG_TYPE", "glue")))
        .containsOnly(
            Map.entry("s3.endpoint", "http://h:1/?a=b"),
            Map.entry("header.X-Name", "Two words"),
            Map.entry("empty", ""),
            Map.entry("type", "glue"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=b\nsecret", "a=b\n=secret", "a=b\n  =secret"})
  void aLineWithoutAKeyIsRefused(String lines) {
    assertThatThrownBy(() -> CatalogVariables.of(Map.of("SLUICE_CATALOG", lines)))
        .hasMessage("line 2 of SLUICE_CATALOG must be key=value");
  }

  @Test
  void aKeyIsSaidOnce() {
    Map<String, String> both =
        Map.of("SLUICE_CATALOG", "type=glue", "SLUICE_CATALOG_TYPE", "secret");

    assertThatThrownBy(() -> CatalogVariables.of(both))
        .hasMessageContaining("type is said by SLUICE_CATALOG_TYPE and by line 1 of SLUICE_CATALOG")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> CatalogVariables.of(Map.of("SLUICE_CATALOG", "a=1\na=2")))
        .hasMessageContaining("line 1 of SLUICE_CATALOG and by line 2");
  }

  @Test
  void withoutVariablesThereIsNone() {
    assertThat(CatalogVariables.of(Map.of())).isEmpty();
  }
}
