package io.sluice.cli.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into SQL statements at the semicolons that stand outside of quotes and comments.
 * Comments before a statement are dropped; those within it stay, they are Flink's to skip.
 */
final class Statements {

  private final List<String> complete = new ArrayList<>();
  private final StringBuilder current = new StringBuilder();

  /** Returns the statements of a script; a last one needs no semicolon. */
  static List<String> of(String script) {
    Statements statements = new Statements();
    List<String> all = new ArrayList<>(statements.add(script));
    String rest = stripped(statements.current.toString());
    if (!rest.isEmpty()) {
      all.add(rest);
    }
    return all;
  }

  /** Adds text and returns the statements that it completed, in order. */
  List<String> add(String text) {
    current.append(text);
    complete.clear();
    int start = 0;
    int at = 0;
    while (at < current.length()) {
      if (current.charAt(at) == ';') {
        String statement = stripped(current.substring(start, at));
        if (!statement.isEmpty()) {
          complete.add(statement);
        }
        start = ++at;
      } else {
        at = skip(current, at);
      }
    }
    current.delete(0, start);
    return List.copyOf(complete);
  }

  /** True while a statement has been begun and not ended. */
  boolean pending() {
    return !stripped(current.toString()).isEmpty();
  }

  /** Forgets a statement that was begun. */
  void clear() {
    current.setLength(0);
  }

  /** Returns the position behind the quoted text, comment or character at {@code at}. */
  private static int skip(CharSequence text, int at) {
    String all = text.toString();
    char c = all.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      return behind(all, String.valueOf(c), at + 1);
    }
    if (all.startsWith("--", at)) {
      return behind(all, "\n", at);
    }
    if (all.startsWith("/*", at) && !all.startsWith("/*+", at)) {
      return behind(all, "*/", at + 2);
    }
    return at + 1;
  }

  private static int behind(String text, String end, int from) {
    int found = text.indexOf(end, from);
    return found < 0 ? text.length() : found + end.length();
  }

  private static String stripped(String statement) {
    String text = statement.strip();
    while (text.startsWith("--") || (text.startsWith("/*") && !text.startsWith("/*+"))) {
      String end = text.startsWith("--") ? "\n" : "*/";
      text = text.substring(Math.min(text.length(), behind(text, end, 0))).strip();
    }
    return text;
  }
}
