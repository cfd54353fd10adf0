package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.catalog.compaction.QueueStatus;
import io.sluice.catalog.table.Purges;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.cluster.Placement;
import io.sluice.gateway.tables.BucketWatermark;
import io.sluice.gateway.tables.FlushReport;
import io.sluice.gateway.tables.PurgesStatus;
import io.sluice.gateway.tables.TableStatus;
import io.sluice.gateway.tables.TruncateReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The state of tables as JSON; the same for Flight and HTTP. */
public final class StateJson {

  static ObjectNode watermarks(List<BucketWatermark> watermarks) {
    ObjectNode answer = Json.object();
    ArrayNode buckets = answer.putArray("buckets");
    for (BucketWatermark one : watermarks) {
      buckets
          .addObject()
          .put("bucket", one.bucket())
          .put("start", one.start())
          .put("watermark", one.watermark());
    }
    return answer;
  }

  static ObjectNode offsets(SortedMap<Integer, Long> offsets) {
    ObjectNode answer = Json.object();
    ArrayNode buckets = answer.putArray("buckets");
    offsets.forEach(
        (bucket, offset) -> buckets.addObject().put("bucket", bucket).put("offset", offset));
    return answer;
  }

  /** Writes what a flush reached. */
  public static ObjectNode flush(FlushReport report) {
    ObjectNode answer = Json.object();
    ArrayNode buckets = answer.putArray("buckets");
    for (FlushReport.Bucket one : report.buckets()) {
      buckets
          .addObject()
          .put("bucket", one.bucket())
          .put("watermark", one.watermark())
          .put("lakeOffset", one.lakeOffset());
    }
    return answer.put("inLake", report.inLake());
  }

  /** Writes what a truncation removed. */
  public static ObjectNode truncate(TruncateReport report) {
    ObjectNode answer = Json.object();
    ArrayNode buckets = answer.putArray("buckets");
    report
        .below()
        .forEach(
            (bucket, offset) ->
                buckets.addObject().put("bucket", bucket).put("lakeOffset", offset));
    report
        .removed()
        .ifPresentOrElse(
            snapshot -> answer.put("removedSnapshot", snapshot),
            () -> answer.putNull("removedSnapshot"));
    return answer;
  }

  static ObjectNode gateways(Placement placement) {
    ObjectNode answer = Json.object();
    ArrayNode gateways = answer.putArray("gateways");
    for (Peer one : placement.peers()) {
      gateways
          .addObject()
          .put("id", one.id())
          .put("host", one.host())
          .put("port", one.port())
          .put("level", one.level())
          .put("tls", one.tls());
    }
    return answer;
  }

  /** Adds what is known of the queue that the compactor's function reads, if there is one. */
  public static ObjectNode withQueue(ObjectNode status, Optional<QueueStatus> queue) {
    queue.ifPresent(
        known ->
            status
                .putObject("queue")
                .put("url", known.queue())
                .put("deadUrl", known.deadQueue())
                .put("dead", known.dead())
                .put("deadUnknown", known.deadUnknown()));
    return status;
  }

  /** Writes how all tables are, without the figures that aren't known. */
  public static ObjectNode status(String gateway, List<TableStatus> tables, PurgesStatus purges) {
    ObjectNode answer = Json.object().put("gateway", gateway);
    ArrayNode all = answer.putArray("tables");
    for (TableStatus one : tables) {
      ObjectNode table =
          all.addObject().put("database", one.table().database()).put("table", one.table().table());
      one.figures()
          .ifPresent(
              known ->
                  table
                      .put("buckets", known.buckets())
                      .put("rows", known.rows())
                      .put("rowsNotInLake", known.notInLake().rows())
                      .put("bytesNotInLake", known.notInLake().bytes())
                      .put("secondsNotInLake", known.secondsNotInLake()));
      table.put("lastError", one.lastError());
      table.set("maintenance", maintenance(one.maintenance()));
    }
    ArrayNode waiting = answer.putArray("purges");
    for (Purges.Waiting one : purges.waiting()) {
      waiting
          .addObject()
          .put("database", one.table().database())
          .put("table", one.table().table())
          .put("location", one.location())
          .put("askedAt", one.askedAt().toString())
          .put("lastError", one.error().orElse(null));
    }
    return answer.put("purgesUnknown", purges.unknown());
  }

  private static ObjectNode maintenance(MaintenanceNote note) {
    ObjectNode json = Json.object();
    json.put("lastAt", note.lastAt().map(Instant::toString).orElse(null))
        .put("dueAt", note.dueAt().map(Instant::toString).orElse(null))
        .put("lastError", note.lastError().orElse(null))
        .set("steps", note.json().path("steps"));
    return json;
  }

  private StateJson() {}
}
