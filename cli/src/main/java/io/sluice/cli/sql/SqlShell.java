package io.sluice.cli.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Flink SQL on an embedded Flink, with the catalog {@code sluice} ready to use. Statements come
 * from files, from the command line, from standard input, or from a terminal. Exit codes: 0 all
 * went well, 1 a statement failed (those after it were not run), 2 called with the wrong words.
 */
public final class SqlShell {

  /**
   * What the command line asks for.
   *
   * @param statements to run in this order; none means to read them from standard input
   */
  record Arguments(String endpoint, boolean streaming, List<String> statements) {

    static Arguments parse(String[] args) throws IOException {
      String endpoint = "localhost:9470";
      boolean streaming = false;
      List<String> statements = new ArrayList<>();
      for (int i = 0; i < args.length; i++) {
        String value = i + 1 < args.length ? args[i + 1] : "";
        switch (args[i]) {
          case "--endpoint" -> endpoint = value;
          case "--streaming" -> streaming = true;
          case "-f" -> statements.addAll(Statements.of(Files.readString(Path.of(value))));
          case "-e" -> statements.addAll(Statements.of(value));
          default -> throw new IllegalArgumentException("unknown argument: " + args[i]);
        }
        i += args[i].equals("--streaming") ? 0 : 1;
      }
      return new Arguments(endpoint, streaming, List.copyOf(statements));
    }
  }

  private static final String PROMPT = "sluice> ";
  private static final String CONTINUED = "     -> ";

  private final SqlSession session;
  private final PrintStream out;

  private SqlShell(SqlSession session, PrintStream out) {
    this.session = session;
    this.out = out;
  }

  /** Runs the shell and ends the JVM. */
  public static void main(String[] args) throws IOException {
    Arguments arguments;
    try {
      arguments = Arguments.parse(args);
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("sluice sql: " + e.getMessage());
      System.exit(2);
      return;
    }
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SqlSession session = new SqlSession(arguments.endpoint(), arguments.streaming(), out);
    System.exit(new SqlShell(session, out).run(arguments.statements()) ? 0 : 1);
  }

  @SuppressWarnings("SystemConsoleNull") // JLine itself falls back to a dumb terminal
  private boolean run(List<String> statements) throws IOException {
    if (!statements.isEmpty()) {
      return runAll(statements, true);
    }
    if (System.console() == null) {
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        return runAll(Statements.of(String.join("\n", in.lines().toList())), true);
      }
    }
    converse();
    return true;
  }

  private boolean runAll(List<String> statements, boolean echo) {
    for (String statement : statements) {
      if (echo) {
        out.println(PROMPT + statement.replace("\n", "\n" + CONTINUED) + ";");
      }
      if (!session.execute(statement)) {
        return false;
      }
      out.println();
    }
    return true;
  }

  private void converse() throws IOException {
    out.println("Flink SQL on Sluice. End a statement with ';'. 'exit;' or Ctrl-D leaves.");
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .variable(
                  LineReader.HISTORY_FILE, Path.of(System.getProperty("user.home"), ".sluice_sql"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      Statements typed = new Statements();
      for (String line = read(reader, typed); line != null; line = read(reader, typed)) {
        for (String statement : typed.add(line + "\n")) {
          if (statement.equalsIgnoreCase("exit") || statement.equalsIgnoreCase("quit")) {
            return;
          }
          session.execute(statement);
        }
      }
    }
  }

  private static @Nullable String read(LineReader reader, Statements typed) {
    while (true) {
      try {
        return reader.readLine(typed.pending() ? CONTINUED : PROMPT);
      } catch (UserInterruptException e) {
        typed.clear(); // Ctrl-C drops what was typed so far, as in other shells
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }
}
