package io.sluice.compactor.lambda;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one invocation did, as a line in CloudWatch's embedded metric format: Lambda's log makes
 * metrics of it in the namespace {@code Sluice}, by {@code Cluster}, without a call.
 */
final class FunctionMetrics {

  /** What is counted. */
  enum Metric {
    /** Rows that were committed to the lake. */
    ROWS("FunctionRows", "Count"),
    /** Bytes of their files. */
    BYTES("FunctionBytes", "Bytes"),
    /** Snapshots. */
    COMMITS("FunctionCommits", "Count"),
    /** Tables whose compaction failed. */
    FAILED("FunctionTablesFailed", "Count"),
    /** Tables that have rows left because time was over. */
    UNFINISHED("FunctionTablesUnfinished", "Count"),
    /** Messages that can't be read. */
    UNREAD("FunctionMessagesUnread", "Count"),
    /** Time from the process's start to its first look at a table, once per process. */
    START("FunctionStart", "Milliseconds");

    private final String text;
    private final String unit;

    Metric(String text, String unit) {
      this.text = text;
      this.unit = unit;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Metric, Long> values = new TreeMap<>();

  void add(Metric metric, long value) {
    values.merge(metric, value, Long::sum);
  }

  /** Returns the line. */
  String line(String cluster, Instant now) {
    ObjectNode line = JSON.createObjectNode();
    ObjectNode head = line.putObject("_aws").put("Timestamp", now.toEpochMilli());
    ObjectNode directive = head.putArray("CloudWatchMetrics").addObject();
    directive.put("Namespace", "Sluice");
    directive.putArray("Dimensions").addArray().add("Cluster");
    ArrayNode metrics = directive.putArray("Metrics");
    line.put("Cluster", cluster);
    values.forEach(
        (metric, value) -> {
          metrics.addObject().put("Name", metric.text).put("Unit", metric.unit);
          line.put(metric.text, value);
        });
    return line.toString();
  }

  boolean isEmpty() {
    return values.isEmpty();
  }
}
