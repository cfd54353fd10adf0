package io.sluice.catalog.table;

import io.sluice.catalog.table.TableOptions.InvalidRows;
import io.sluice.catalog.table.TableOptions.LogColumns;
import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The options by name: their documentation, defaults and text. */
final class OptionParser {

  /**
   * One option.
   *
   * @param text its value in a table's options
   */
  record Option(OptionDoc doc, Function<TableOptions, String> text) {
    String key() {
      return doc.key();
    }
  }

  static final List<Option> OPTIONS =
      List.of(
          option(
              "bucket.count",
              "1 to 1024",
              "1",
              "Number of buckets: the table's units of order and parallelism. It can be raised later,"
                  + " to a multiple, but never lowered.",
              o -> Integer.toString(o.bucketCount())),
          option(
              "bucket.key",
              "a column",
              "",
              "Rows with equal values go to the same bucket, by Iceberg's bucket hash. Without it the"
                  + " writer picks the bucket. It can't be changed later.",
              o -> String.join(",", o.bucketKey())),
          option(
              "segment.bytes",
              "1MiB to 8GiB",
              "256MiB",
              "A segment is sealed, and can be compacted, at this size: large enough for good lake"
                  + " files.",
              o -> Quantities.formatBytes(o.segmentBytes())),
          option(
              "segment.max-age",
              "1s to 1d",
              "60s",
              "A segment is sealed at this age even if it is small: the lake lags no further behind"
                  + " than this and one compaction. While 500 segments of a bucket wait for the lake,"
                  + " its size alone decides; from 5,000 in its log on the age doubles with each 500.",
              o -> Quantities.format(o.segmentMaxAge())),
          option(
              "log.retention",
              "0s or more",
              "1h",
              "How long rows stay in the log after the lake has them, so that readers who planned"
                  + " before still find them.",
              o -> Quantities.format(o.logRetention())),
          option(
              "log.compression",
              "none, lz4, zstd",
              "none",
              "How the gateways compress rows in the log, and so in what they send to Arrow clients"
                  + " that read whole batches: `zstd` makes them smallest, `lz4` takes less time."
                  + " What wouldn't get smaller stays as it is. The lake's files have a compression"
                  + " of their own.",
              // Left out of records that gateways without the option are to read too.
              o -> o.logCompression() == LogCompression.NONE ? "" : name(o.logCompression())),
          option(
              "log.columns",
              "together, apart",
              "together",
              "How columns of batches of 64 KiB and more are stored in the log: `apart`, in pieces of"
                  + " at least 16 KiB, so that who reads few of many columns reads only those from"
                  + " the bookies. Writing takes about an eighth more time.",
              // Left out of records that gateways without the option are to read too.
              o -> o.logColumns() == LogColumns.TOGETHER ? "" : name(o.logColumns())),
          option(
              "writer.expiry",
              "1m or more",
              "24h",
              "How long an idle writer is remembered, so that its retry doubles nothing.",
              o -> Quantities.format(o.writerExpiry())),
          option(
              "transaction.timeout",
              "1m or more",
              "24h",
              "A transaction that has not committed after this time is aborted.",
              o -> Quantities.format(o.transactionTimeout())),
          option(
              "transaction.retention",
              "1h or more",
              "7d",
              "How long committed transactions are remembered, so that a retried commit is known.",
              o -> Quantities.format(o.transactionRetention())),
          option(
              "unknown.columns",
              "reject, ignore",
              "reject",
              "What happens to a row with a column that the table doesn't have.",
              o -> name(o.unknownColumns())),
          option(
              "invalid.rows",
              "reject, dead-letter",
              "reject",
              "What happens to a row of text (NDJSON, JSON, CSV) that can't be stored: its request is"
                  + " refused, or it goes to the table `<table>__dead_letter`, made with this one,"
                  + " and the others are stored.",
              o -> name(o.invalidRows())),
          option(
              "quota.bytes-per-second",
              "1B or more",
              "",
              "How many bytes of rows, as they are in the log, each gateway takes for the table in a"
                  + " second. Beyond it HTTP answers 429, and Flight streams are read more slowly.",
              o -> quota(o.quota().bytesPerSecond(), Quantities::formatBytes)),
          option(
              "quota.rows-per-second",
              "1 or more",
              "",
              "How many rows each gateway takes for the table in a second; likewise.",
              o -> quota(o.quota().rowsPerSecond(), Long::toString)),
          option(
              "lake.snapshot-retention",
              "1m or more",
              "1d",
              "How long the lake's snapshots are kept for time travel.",
              o -> Quantities.format(o.lakeSnapshotRetention())),
          option(
              "lake.retention",
              "1h or more",
              "",
              "How long rows stay in the lake. A file leaves it once all of its rows are older by"
                  + " `_timestamp`; one with rows of other engines, which have none, stays. Without"
                  + " the option all rows stay for ever.",
              // Left out of records that gateways without the option are to read too.
              o -> o.lakeRetention().map(Quantities::format).orElse("")),
          option(
              "lake.read-freshness",
              "0s or more",
              "",
              "How old rows may be that an engine misses which loads the table through the Iceberg REST"
                  + " catalog: if the lake is behind that, the load waits until it isn't, as with"
                  + " `Sluice-Freshness` for one load. Without the option a load takes the lake as it"
                  + " is.",
              o -> o.lakeReadFreshness().map(Quantities::format).orElse("")),
          option(
              "lake.partitioning",
              "columns, `bucket(n, column)`, `truncate(n, column)`, and `year`, `month`, `day`,"
                  + " `hour` of a column",
              "",
              "How the lake table is partitioned, as in `month(time_hour),carrier`: a query with a"
                  + " condition on these columns opens only the files that it needs. The log isn't."
                  + " Changed later, it is for files that are made from then on.",
              // Left out of records that gateways without the option are to read too.
              o -> o.lakePartitioning().toString()),
          option(
              "format-version",
              "2, 3",
              "2",
              "Iceberg's format version of the lake table. Nanoseconds and column defaults need 3. It"
                  + " can't be changed later.",
              o -> Integer.toString(o.formatVersion())));

  /** Those of an engine have a prefix in common rather than a name. */
  private static final OptionDoc ENGINE =
      new OptionDoc(
          EngineOptions.PREFIX + "*",
          "any text",
          "",
          "What Flink keeps with the table for itself, such as its computed columns. Gateways carry it"
              + " and read nothing of it: 64 KiB at most. The Flink catalog writes these options from"
              + " the clauses of CREATE and ALTER TABLE.");

  static TableOptions parse(Map<String, String> options) {
    Map<String, String> given = new LinkedHashMap<>(options);
    EngineOptions engine = EngineOptions.takeFrom(given);
    Map<String, String> values = new LinkedHashMap<>();
    OPTIONS.forEach(option -> values.put(option.key(), option.doc().defaultValue()));
    for (String key : new TreeSet<>(given.keySet())) {
      if (!values.containsKey(key)) {
        throw new IllegalArgumentException(
            "unknown option '" + key + "'; the options are " + String.join(", ", values.keySet()));
      }
    }
    values.putAll(given);
    return new TableOptions(
        value(values, "bucket.count", Integer::parseInt),
        value(values, "bucket.key", OptionParser::columns),
        value(values, "segment.bytes", Quantities::parseBytes),
        value(values, "segment.max-age", Quantities::parseDuration),
        value(values, "log.retention", Quantities::parseDuration),
        value(values, "log.compression", text -> oneOf(LogCompression.class, text)),
        value(values, "log.columns", text -> oneOf(LogColumns.class, text)),
        value(values, "writer.expiry", Quantities::parseDuration),
        value(values, "transaction.timeout", Quantities::parseDuration),
        value(values, "transaction.retention", Quantities::parseDuration),
        value(values, "unknown.columns", text -> oneOf(UnknownColumns.class, text)),
        value(values, "invalid.rows", text -> oneOf(InvalidRows.class, text)),
        new Quota(
            value(values, "quota.bytes-per-second", text -> quota(text, Quantities::parseBytes)),
            value(values, "quota.rows-per-second", text -> quota(text, Long::parseLong))),
        value(values, "lake.snapshot-retention", Quantities::parseDuration),
        value(values, "lake.retention", OptionParser::perhapsDuration),
        value(values, "lake.read-freshness", OptionParser::perhapsDuration),
        value(values, "lake.partitioning", LakePartitioning::parse),
        value(values, "format-version", Integer::parseInt),
        engine);
  }

  static List<OptionDoc> docs() {
    return Stream.concat(OPTIONS.stream().map(Option::doc), Stream.of(ENGINE)).toList();
  }

  private static Option option(
      String key,
      String range,
      String defaultValue,
      String text,
      Function<TableOptions, String> value) {
    return new Option(new OptionDoc(key, range, defaultValue, text), value);
  }

  private static <T> T value(Map<String, String> values, String key, Function<String, T> parser) {
    String text = String.valueOf(values.get(key)).trim();
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String range =
          OPTIONS.stream()
              .filter(option -> option.key().equals(key))
              .map(option -> option.doc().range())
              .collect(Collectors.joining());
      throw new IllegalArgumentException(
          "option '" + key + "' can't be '" + text + "'; valid: " + range + reason(e), e);
    }
  }

  private static String reason(RuntimeException e) {
    return e instanceof NumberFormatException || e.getMessage() == null
        ? ""
        : " (" + e.getMessage() + ")";
  }

  private static Optional<Duration> perhapsDuration(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Quantities.parseDuration(text));
  }

  private static List<String> columns(String text) {
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(",")).map(String::trim).toList();
  }

  private static long quota(String text, ToLongFunction<String> parser) {
    long quota = text.isEmpty() ? 0 : parser.applyAsLong(text);
    if (quota < 1 && !text.isEmpty()) {
      throw new IllegalArgumentException("leave it out for no quota");
    }
    return quota;
  }

  private static String quota(long quota, LongFunction<String> writer) {
    return quota == 0 ? "" : writer.apply(quota);
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no such choice");
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private OptionParser() {}
}
