package io.sluice.flink;

import io.sluice.flink.write.Delivery;
import io.sluice.flink.write.Distribution;
import io.sluice.flink.write.SinkSpec;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** The options of the catalog, and those that a query may give in an OPTIONS hint. */
final class SluiceOptions {

  /** Name of the catalog's type. */
  static final String IDENTIFIER = "sluice";

  /** Options that begin so go to the lake's file access, without this. */
  static final String LAKE_PREFIX = "lake.";

  static final ConfigOption<String> ENDPOINT =
      ConfigOptions.key("endpoint")
          .stringType()
          .noDefaultValue()
          .withDescription("Gateways, as host:port, divided by commas; one that runs is enough.");

  static final ConfigOption<String> DEFAULT_DATABASE =
      ConfigOptions.key("default-database")
          .stringType()
          .defaultValue("default")
          .withDescription("The database that USE CATALOG enters; made if it doesn't exist.");

  static final ConfigOption<String> TOKEN =
      ConfigOptions.key("token")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "The token that gateways know Flink by; without it, and without token-file, that of"
                  + " the environment's SLUICE_TOKEN.");

  static final ConfigOption<String> TOKEN_FILE =
      ConfigOptions.key("token-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A file with the token, at the same path on all of Flink's machines; read again when"
                  + " it changes.");

  static final ConfigOption<String> TLS_CA =
      ConfigOptions.key("tls.ca")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A PEM file with the CAs of the gateways' certificates, at the same path on all of"
                  + " Flink's machines; without it those that Java trusts.");

  static final ConfigOption<String> TLS_CERTIFICATE =
      ConfigOptions.key("tls.certificate")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "A PEM file with the certificate that Flink shows gateways that ask for one, and those"
                  + " between it and its CA, at the same path on all of Flink's machines; read again"
                  + " when it changes.");

  static final ConfigOption<String> TLS_KEY =
      ConfigOptions.key("tls.key")
          .stringType()
          .noDefaultValue()
          .withDescription("A PEM file with that certificate's key, PKCS #8; likewise.");

  static final ConfigOption<String> STARTUP_MODE =
      ConfigOptions.key("scan.startup.mode")
          .stringType()
          .defaultValue("full")
          .withDescription(
              "Where a query begins: full (all history, from the lake, then the log), earliest"
                  + " (what the log still has), latest (new rows), timestamp, specific-offsets.");

  static final ConfigOption<String> STARTUP_TIMESTAMP =
      ConfigOptions.key("scan.startup.timestamp")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With scan.startup.mode=timestamp: the first append time, as an ISO instant such as"
                  + " 2026-01-31T12:00:00Z, or in milliseconds since 1970.");

  static final ConfigOption<String> STARTUP_OFFSETS =
      ConfigOptions.key("scan.startup.specific-offsets")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With scan.startup.mode=specific-offsets: the first offset of each bucket, such as"
                  + " bucket:0,offset:42;bucket:1,offset:300.");

  static final ConfigOption<String> BOUNDED_MODE =
      ConfigOptions.key("scan.bounded.mode")
          .stringType()
          .defaultValue("unbounded")
          .withDescription(
              "Where a query ends: unbounded (a streaming query doesn't, a batch query reads what"
                  + " there is), latest-offset (what there is), timestamp, specific-offsets.");

  static final ConfigOption<String> BOUNDED_TIMESTAMP =
      ConfigOptions.key("scan.bounded.timestamp")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With scan.bounded.mode=timestamp: the first append time that isn't read any more, as"
                  + " an ISO instant or in milliseconds since 1970.");

  static final ConfigOption<String> BOUNDED_OFFSETS =
      ConfigOptions.key("scan.bounded.specific-offsets")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "With scan.bounded.mode=specific-offsets: the first offset of each bucket that isn't"
                  + " read any more; a streaming query waits for what is before it.");

  static final ConfigOption<MemorySize> SPLIT_SIZE =
      ConfigOptions.key("scan.split-size")
          .memoryType()
          .noDefaultValue()
          .withDescription(
              "How much of the lake's files one split of a batch query has: small files share one,"
                  + " large ones are divided. By default the lake table's read.split.target-size.");

  static final ConfigOption<String> AS_OF =
      ConfigOptions.key("scan.as-of")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Reads the table as it was at this time, in the columns of now: an ISO instant such"
                  + " as 2026-01-31T12:00:00Z, or milliseconds since 1970.");

  static final ConfigOption<Long> SNAPSHOT_ID =
      ConfigOptions.key("scan.snapshot-id")
          .longType()
          .noDefaultValue()
          .withDescription(
              "Of a table's $lake only: the snapshot to read, one of those in $snapshots.");

  static final ConfigOption<Integer> LAKE_CHUNK_ROWS =
      ConfigOptions.key("scan.lake-chunk-rows")
          .intType()
          .defaultValue(65_536)
          .withDescription(
              "How many rows of history a streaming query holds in memory per bucket.");

  static final ConfigOption<Duration> BUCKET_DISCOVERY =
      ConfigOptions.key("scan.bucket-discovery")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "How often a streaming query looks whether bucket.count was raised, to read the new"
                  + " buckets too.");

  static final ConfigOption<Boolean> PUSH_DOWN =
      ConfigOptions.key("scan.push-down")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether columns, filters, limits and aggregates are pushed down. false reads whole"
                  + " rows, all of them, to compare answers.");

  static final ConfigOption<Boolean> AGGREGATE_PUSH_DOWN =
      ConfigOptions.key("scan.aggregate-push-down")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether COUNT(*), MIN and MAX are answered from metadata. false is for queries of"
                  + " counts alone that Flink's planner fails over with \"Index ... out of bounds\".");

  static final ConfigOption<Duration> SINK_LINGER =
      ConfigOptions.key("sink.linger")
          .durationType()
          .defaultValue(Duration.ofMillis(20))
          .withDescription("How long a row may wait for others before it is sent.");

  static final ConfigOption<Distribution> SINK_DISTRIBUTION =
      ConfigOptions.key("sink.distribution")
          .enumType(Distribution.class)
          .defaultValue(Distribution.BUCKET)
          .withDescription(
              "How rows get to the sink's subtasks: bucket (all rows of a bucket to the same, if"
                  + " the table has a bucket.key) or none (as they come from the query).");

  static final ConfigOption<Delivery> SINK_DELIVERY =
      ConfigOptions.key("sink.delivery-guarantee")
          .enumType(Delivery.class)
          .defaultValue(Delivery.AT_LEAST_ONCE)
          .withDescription(
              "at-least-once: rows are visible as soon as they are durable, and some are there"
                  + " twice after a job failed. exactly-once: rows are visible when their"
                  + " checkpoint is complete, each once.");

  static final ConfigOption<Duration> SINK_COMMIT_TIMEOUT =
      ConfigOptions.key("sink.commit-timeout")
          .durationType()
          .defaultValue(SinkSpec.DEFAULT_COMMIT_TIMEOUT)
          .withDescription(
              "With exactly-once, how long a commit is tried while no gateway makes it, 1 min or"
                  + " more, before the job fails; it commits when it starts again.");

  private SluiceOptions() {}
}
