package io.sluice.cli.sql;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/** One Flink session: runs statements and prints their results. Not thread-safe. */
final class SqlSession {

  private static final Pattern SET = Pattern.compile("(?is)set\\s+'([^']+)'\\s*=\\s*'([^']*)'");
  private static final String RUNTIME_MODE = "execution.runtime-mode";

  private final String endpoint;
  private final PrintStream out;
  private TableEnvironment environment;

  /**
   * @param endpoint the gateway, {@code host:port}
   * @param streaming whether queries go on for ever
   */
  SqlSession(String endpoint, boolean streaming, PrintStream out) {
    this.endpoint = endpoint;
    this.out = out;
    this.environment = open(endpoint, streaming);
  }

  private static TableEnvironment open(String endpoint, boolean streaming) {
    Configuration configuration = new Configuration();
    configuration.setString("table.display.max-column-width", "40");
    EnvironmentSettings.Builder settings =
        EnvironmentSettings.newInstance().withConfiguration(configuration);
    TableEnvironment environment =
        TableEnvironment.create(
            (streaming ? settings.inStreamingMode() : settings.inBatchMode()).build());
    environment.executeSql(
        "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='" + endpoint + "')");
    environment.useCatalog("sluice");
    return environment;
  }

  /** Runs one statement. Returns false, after saying why, if it failed. */
  boolean execute(String statement) {
    try {
      Matcher set = SET.matcher(statement.strip());
      if (set.matches()) {
        set(set.group(1), set.group(2));
      } else {
        run(statement);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (Exception e) {
      out.println("ERROR: " + reason(e));
      if (System.getenv("SLUICE_STACKTRACE") != null) {
        e.printStackTrace(out);
      }
      return false;
    }
  }

  private void set(String key, String value) {
    if (key.equals(RUNTIME_MODE)) {
      environment = open(endpoint, value.equalsIgnoreCase("streaming"));
    } else {
      environment.getConfig().set(key, value);
    }
    out.println("OK: '" + key + "' is '" + value + "'");
  }

  private void run(String statement) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    TableResult result = environment.executeSql(statement);
    boolean insert = statement.strip().toLowerCase(Locale.ROOT).startsWith("insert");
    if (insert) {
      result.await();
      out.println("OK");
    } else if (result.getResultKind() == ResultKind.SUCCESS) {
      out.println("OK");
    } else {
      result.print();
    }
    out.printf(Locale.ROOT, "(%.1f s)%n", (System.nanoTime() - start) / 1e9);
  }

  /** The messages from the outermost to the innermost cause, without those that say it again. */
  private static String reason(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      boolean wrapper =
          message != null
              && cause.getCause() != null
              && message.contains(": ")
              && message.endsWith(String.valueOf(cause.getCause().getMessage()));
      if (message != null && !wrapper && text.indexOf(message) < 0) {
        text.append(text.isEmpty() ? "" : "\n  because: ").append(message);
      }
    }
    return text.isEmpty() ? e.toString() : text.toString();
  }
}
