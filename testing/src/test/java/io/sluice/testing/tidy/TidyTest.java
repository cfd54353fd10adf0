package io.sluice.testing.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tidy rules on planted sources: each fault is found, and what only looks like one isn't. */
class TidyTest {

  private static final String MAIN = "client/src/main/java/A.java";
  private static final String TEST = "client/src/test/java/A.java";

  @Test
  void aMethodOfFiftyLinesPassesAndOneMoreIsFound() throws IOException {
    assertThat(rules(MAIN, methodOf(50))).isEmpty();
    assertThat(rules(MAIN, methodOf(51))).containsExactly(Rule.METHOD_LENGTH);
    assertThat(rules(TEST, methodOf(51))).containsExactly(Rule.METHOD_LENGTH);
  }

  @Test
  void documentationAndAnnotationsAreNoPartOfAMethodsLength() throws IOException {
    String method =
        methodOf(50).replace("void m", "/**\n * a\n */\n@Deprecated\n@Override\nvoid m");

    assertThat(rules(MAIN, method)).isEmpty();
  }

  @Test
  void bracesInTextsDontEndAMethod() throws IOException {
    String method = methodOf(51).replaceFirst("int a1 = 1;", "char a1 = '}'; // }}");

    assertThat(rules(MAIN, method)).containsExactly(Rule.METHOD_LENGTH);
  }

  @Test
  void aLongConstructorAndALongMethodOfANestedRecordAreFound() throws IOException {
    String record = "class A { record R(int i) { R " + body(51) + " void m() " + body(51) + "} }\n";

    assertThat(rules(MAIN, record)).containsExactly(Rule.METHOD_LENGTH, Rule.METHOD_LENGTH);
  }

  @Test
  void aFileOfFourHundredLinesPassesAndOneMoreIsFound() throws IOException {
    assertThat(rules(MAIN, "class A {}\n" + "//\n".repeat(399))).isEmpty();
    assertThat(rules(MAIN, "class A {}\n" + "//\n".repeat(400))).containsExactly(Rule.FILE_LENGTH);
  }

  @Test
  void sleepIsFoundInTestsOnly() throws IOException {
    // Planted: a text for the rule to find. Nothing here sleeps.
    String sleeps =
        "class A { void m() throws Exception { Thread.sleep(1); TimeUnit.SECONDS.sleep(1); } }";

    assertThat(rules(TEST, sleeps)).containsExactly(Rule.SLEEP_IN_TEST, Rule.SLEEP_IN_TEST);
    assertThat(rules("testing/src/main/java/A.java", sleeps)).hasSize(2);
    assertThat(rules(MAIN, sleeps)).isEmpty();
    // Planted: in a string it is no call.
    assertThat(rules(TEST, "class A { String s = \"Thread.sleep(1)\"; }")).isEmpty();
  }

  @Test
  void unfinishedWorkAndDisabledTestsAreFound() throws IOException {
    assertThat(rules(MAIN, "class A {} // TO" + "DO later")).containsExactly(Rule.UNFINISHED);
    // Planted: a text for the rule to find. No test here is disabled.
    assertThat(rules(TEST, "class A { @Disabled void m() {} }"))
        .containsExactly(Rule.DISABLED_TEST);
  }

  @Test
  void namesThatSayNothingAreFound() throws IOException {
    assertThat(rules(MAIN, "class LedgerManager {} class Ledgers {}")).containsExactly(Rule.NAME);
  }

  private static List<Rule> rules(String path, String source) throws IOException {
    return Tidy.findings(List.of(new SourceFile(path, source))).stream()
        .map(Finding::rule)
        .toList();
  }

  private static String methodOf(int lines) {
    return "class A {\n void m() " + body(lines) + "}\n";
  }

  private static String body(int lines) {
    StringBuilder body = new StringBuilder("{\n");
    for (int i = 1; i <= lines - 2; i++) {
      body.append("int a").append(i).append(" = ").append(i).append(";\n");
    }
    return body.append("}\n").toString();
  }
}
