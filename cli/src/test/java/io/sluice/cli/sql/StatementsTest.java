package io.sluice.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementsTest {

  @Test
  void semicolonsSeparateStatements() {
    assertThat(Statements.of("SELECT 1; SELECT 2 ;\n")).containsExactly("SELECT 1", "SELECT 2");
  }

  @Test
  void lastStatementNeedsNoSemicolon() {
    assertThat(Statements.of("SELECT 1;SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
  }

  @Test
  void semicolonsInQuotesAreText() {
    assertThat(Statements.of("SELECT ';', `a;b`, \"c;d\";"))
        .containsExactly("SELECT ';', `a;b`, \"c;d\"");
  }

  @Test
  void doubledQuoteStaysInsideTheText() {
    assertThat(Statements.of("SELECT 'it''s; fine'; SELECT 2"))
        .containsExactly("SELECT 'it''s; fine'", "SELECT 2");
  }

  @Test
  void semicolonsAndQuotesInCommentsAreText() {
    assertThat(Statements.of("-- it's; a comment\nSELECT 1 /* ; */ + 1; /* ' */ SELECT 2;"))
        .containsExactly("SELECT 1 /* ; */ + 1", "SELECT 2");
  }

  @Test
  void hintsStay() {
    assertThat(Statements.of("SELECT * FROM t /*+ OPTIONS('a'=';') */;"))
        .containsExactly("SELECT * FROM t /*+ OPTIONS('a'=';') */");
  }

  @Test
  void typedLinesGatherUntilASemicolon() {
    Statements typed = new Statements();
    assertThat(typed.add("SELECT\n")).isEmpty();
    assertThat(typed.pending()).isTrue();
    assertThat(typed.add("1; SELECT 2; SEL\n")).containsExactly("SELECT\n1", "SELECT 2");
    assertThat(typed.pending()).isTrue();
    typed.clear();
    assertThat(typed.pending()).isFalse();
  }
}
