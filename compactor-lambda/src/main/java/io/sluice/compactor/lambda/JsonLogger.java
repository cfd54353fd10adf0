package io.sluice.compactor.lambda;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;

/**
 * Writes each message as one line: {@code timestamp}, {@code level}, {@code logger}, {@code
 * message}, what the thread's context has (as the invocation's {@code requestId}), and of a failure
 * {@code error} with its {@code type}, {@code message} and {@code stack}. Sluice's own from INFO
 * on, libraries' from WARN on.
 */
final class JsonLogger extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line of CloudWatch has 256 KB at most. */
  private static final int STACK_CHARS = 64 << 10;

  private final Level least;
  private final transient MDCAdapter context;
  private final transient PrintStream out;

  JsonLogger(String name, MDCAdapter context, PrintStream out) {
    this.name = name;
    this.least = name.startsWith("io.sluice.") ? Level.INFO : Level.WARN;
    this.context = context;
    this.out = out;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isInfoEnabled() {
    return enabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return enabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return enabled(Level.ERROR);
  }

  private boolean enabled(Level level) {
    return level.toInt() >= least.toInt();
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable failure) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("timestamp", Instant.now().toString())
            .put("level", level.name())
            .put("logger", name)
            .put("message", MessageFormatter.basicArrayFormat(pattern, arguments));
    Map<String, String> values = context.getCopyOfContextMap();
    if (values != null) {
      values.forEach(line::put);
    }
    if (failure != null) {
      StringWriter stack = new StringWriter();
      failure.printStackTrace(new PrintWriter(stack));
      String text = stack.toString();
      line.putObject("error")
          .put("type", failure.getClass().getName())
          .put("message", failure.getMessage())
          .put("stack", text.substring(0, Math.min(text.length(), STACK_CHARS)));
    }
    // One call, so that threads' lines don't get into each other.
    out.println(line);
  }
}
