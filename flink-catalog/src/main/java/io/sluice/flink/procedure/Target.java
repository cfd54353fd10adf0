package io.sluice.flink.procedure;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.flink.Endpoint;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.util.TimeUtils;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** The cluster whose tables procedures work on. Blocks; failures are Flink's, in words. */
final class Target {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final Endpoint endpoint;

  Target(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Work of a client. */
  interface ClientWork<T> {
    T on(SluiceClient client, TableName table) throws SluiceException;
  }

  /** Work on the lake's table. */
  interface LakeWork<T> {
    T on(Table lake);
  }

  /**
   * Has a client work on a table.
   *
   * @param what it does, as in "table db.t can't be compacted"
   */
  <T> T call(String table, String what, ClientWork<T> work) {
    TableName name = name(table);
    try (SluiceClient client = endpoint.connect()) {
      return work.on(client, name);
    } catch (SluiceException e) {
      throw failure(name, what, e);
    }
  }

  /** Works on the lake of a table, through a gateway, which refuses what would lose offsets. */
  <T> T callLake(String table, String what, LakeWork<T> work) {
    TableName name = name(table);
    try (SluiceClient client = endpoint.connect();
        LakeCatalog lake = LakeCatalog.open(endpoint, client.describe(name))) {
      return work.on(lake.load().table());
    } catch (SluiceException | IOException | RuntimeException e) {
      throw failure(name, what, e);
    }
  }

  private static TableName name(String table) {
    try {
      return TableName.parse(table);
    } catch (IllegalArgumentException e) {
      throw new ValidationException("argument 'table': " + e.getMessage(), e);
    }
  }

  private static TableException failure(TableName name, String what, Exception e) {
    return new TableException("table " + name + " can't be " + what + ": " + e.getMessage(), e);
  }

  /** Reads how long to wait, such as {@code 30 s}; null is ten minutes. */
  static Duration timeout(@Nullable String text) {
    if (text == null) {
      return TIMEOUT;
    }
    try {
      return TimeUtils.parseDuration(text);
    } catch (RuntimeException e) {
      throw new ValidationException(
          "argument 'timeout' can't be '" + text + "'; write it like '30 s' or '10 min'", e);
    }
  }

  /** Reads a time: an ISO instant, or milliseconds since 1970. */
  static Instant time(String argument, String text) {
    try {
      return text.matches("-?\\d+")
          ? Instant.ofEpochMilli(Long.parseLong(text))
          : Instant.parse(text);
    } catch (DateTimeException | NumberFormatException e) {
      throw new ValidationException(
          "argument '"
              + argument
              + "' can't be '"
              + text
              + "'; write 2026-01-31T12:00:00Z, or milliseconds since 1970",
          e);
    }
  }
}
