package io.sluice.catalog.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.NewerVersionException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;

/**
 * How far each bucket of a table has been committed to the lake. It stands in the summary of each
 * snapshot that Sluice commits, as one property:
 *
 * <pre>{@code {"v":1,"incarnation":"0e3c...","offsets":{"0":1200,"1":900}}}</pre>
 *
 * @param incarnation of the table's log
 * @param lakeOffsets by bucket, one past the last offset in the lake; a bucket that is missing is
 *     at 0
 */
public record Progress(UUID incarnation, SortedMap<Integer, Long> lakeOffsets) {

  /** Key of the property in a snapshot's summary. */
  public static final String PROPERTY = "sluice.progress";

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  public Progress {
    lakeOffsets = Collections.unmodifiableSortedMap(new TreeMap<>(lakeOffsets));
    lakeOffsets.forEach(
        (bucket, offset) -> {
          if (bucket < 0 || offset < 0) {
            throw new IllegalArgumentException(
                "bucket and lake offset must be >= 0: " + bucket + " at " + offset);
          }
        });
  }

  /** Returns the progress of a table of which nothing is in the lake. */
  public static Progress none(UUID incarnation) {
    return new Progress(incarnation, new TreeMap<>());
  }

  /**
   * Returns the progress in force: per bucket the maximum over all snapshots of this incarnation
   * that the metadata still has, those included that only a tag keeps. So a rollback removes rows,
   * but never moves an offset back.
   *
   * @throws IllegalArgumentException if a snapshot's property can't be read
   */
  public static Progress inForce(TableMetadata metadata, UUID incarnation) {
    return inForceAt(metadata, incarnation, Long.MAX_VALUE);
  }

  /**
   * Returns the progress that was in force at a time, as far as the metadata still has the
   * snapshots of before it.
   *
   * @param epochMillis the time, in milliseconds since 1970; snapshots of that millisecond count
   * @throws IllegalArgumentException if a snapshot's property can't be read
   */
  public static Progress inForceAt(TableMetadata metadata, UUID incarnation, long epochMillis) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (Snapshot snapshot : metadata.snapshots()) {
      if (snapshot.timestampMillis() > epochMillis) {
        continue;
      }
      String property = snapshot.summary() == null ? null : snapshot.summary().get(PROPERTY);
      if (property != null) {
        Progress progress = fromJson(property);
        if (progress.incarnation.equals(incarnation)) {
          progress.lakeOffsets.forEach(
              (bucket, offset) -> offsets.merge(bucket, offset, Math::max));
        }
      }
    }
    return new Progress(incarnation, offsets);
  }

  /** Returns the lake offset of a bucket. */
  public long offset(int bucket) {
    return lakeOffsets.getOrDefault(bucket, 0L);
  }

  /** Returns this progress with the lake offset of one bucket changed. */
  public Progress with(int bucket, long offset) {
    SortedMap<Integer, Long> changed = new TreeMap<>(lakeOffsets);
    changed.put(bucket, offset);
    return new Progress(incarnation, changed);
  }

  /** Returns the summary property's value. */
  public String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION);
    json.put("incarnation", incarnation.toString());
    ObjectNode offsets = json.putObject("offsets");
    lakeOffsets.forEach((bucket, offset) -> offsets.put(Integer.toString(bucket), offset));
    return json.toString();
  }

  /**
   * Parses {@link #toJson}.
   *
   * @throws IllegalArgumentException if it isn't that, or of a later version
   */
  public static Progress fromJson(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      int version = json.path("v").asInt();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            NewerVersionException.text("progress " + text, version, VERSION));
      }
      SortedMap<Integer, Long> offsets = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : json.required("offsets").properties()) {
        offsets.put(Integer.valueOf(entry.getKey()), entry.getValue().longValue());
      }
      return new Progress(UUID.fromString(json.required("incarnation").textValue()), offsets);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a progress: " + text, e);
    }
  }
}
