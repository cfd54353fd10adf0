package io.sluice.catalog.compaction;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance says of a table, for people: it decides nothing. A part of the table's
 * maintenance record:
 *
 * <pre>{@code
 * {"steps":{"rewrite":{"at":"2026-01-01T00:00:00Z","dueAt":"2026-01-01T00:10:00Z",
 *    "count":8,"bytes":4096,"totalCount":80,"totalBytes":40960}},
 *  "errors":{"expire":{"v":1,"at":"2026-01-01T00:00:00Z","worker":"...","message":"..."}}}
 * }</pre>
 *
 * @param steps by the name of a step, how it last went well; one that never did is missing
 * @param errors by the name of a step, why it last failed; one that last went well is missing
 */
public record MaintenanceNote(
    SortedMap<String, StepNote> steps, SortedMap<String, CompactionError> errors) {

  /** Nothing is known. */
  public static final MaintenanceNote NONE = new MaintenanceNote(new TreeMap<>(), new TreeMap<>());

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How a step last went well.
   *
   * @param at when
   * @param dueAt when it is due again
   * @param count how many files, manifests or snapshots it took away or replaced then
   * @param bytes how many bytes those were, as far as that is known
   * @param totalCount the counts of all times together
   * @param totalBytes the bytes of all times together
   */
  public record StepNote(
      Instant at, Instant dueAt, long count, long bytes, long totalCount, long totalBytes) {}

  public MaintenanceNote {
    steps = Collections.unmodifiableSortedMap(new TreeMap<>(steps));
    errors = Collections.unmodifiableSortedMap(new TreeMap<>(errors));
  }

  /** Notes that a step went well; to note the same twice is to note it once. */
  public MaintenanceNote did(String step, Instant at, Instant dueAt, long count, long bytes) {
    StepNote before = steps.get(step);
    if (before != null && before.at().equals(at)) {
      return this;
    }
    SortedMap<String, StepNote> changed = new TreeMap<>(steps);
    changed.put(
        step,
        new StepNote(
            at,
            dueAt,
            count,
            bytes,
            count + (before == null ? 0 : before.totalCount()),
            bytes + (before == null ? 0 : before.totalBytes())));
    return new MaintenanceNote(changed, errors).withError(step, null);
  }

  /** Notes why something failed, or with null that it doesn't any more. */
  public MaintenanceNote withError(String step, @Nullable CompactionError error) {
    SortedMap<String, CompactionError> changed = new TreeMap<>(errors);
    if (error == null) {
      changed.remove(step);
    } else {
      changed.put(step, error);
    }
    return new MaintenanceNote(steps, changed);
  }

  /** Returns when any of it was last done. */
  public Optional<Instant> lastAt() {
    return steps.values().stream().map(StepNote::at).max(Comparator.naturalOrder());
  }

  /** Returns when the next of it is due, at least what was done before. */
  public Optional<Instant> dueAt() {
    return steps.values().stream().map(StepNote::dueAt).min(Comparator.naturalOrder());
  }

  /**
   * Returns since when it should have been done; zero if it needn't have been.
   *
   * @param from when it was due if it was never done
   */
  public Duration overdue(Instant from, Instant now) {
    Duration late = Duration.between(dueAt().orElse(from), now);
    return late.isNegative() ? Duration.ZERO : late;
  }

  /** Returns what failed, when and why, in one line; empty if nothing did. */
  public Optional<String> lastError() {
    Map<String, String> steps = new LinkedHashMap<>();
    Map<String, Instant> times = new LinkedHashMap<>();
    errors.forEach(
        (step, error) -> {
          steps.merge(error.message(), step, (all, one) -> all + ", " + one);
          times.merge(error.message(), error.at(), (a, b) -> a.isAfter(b) ? a : b);
        });
    return errors.isEmpty()
        ? Optional.empty()
        : Optional.of(
            steps.entrySet().stream()
                .map(one -> one.getValue() + ": " + one.getKey() + when(times.get(one.getKey())))
                .collect(Collectors.joining("; ")));
  }

  private static String when(@Nullable Instant at) {
    return at == null ? "" : " (" + at + ")";
  }

  /** Returns the JSON of it. */
  public ObjectNode json() {
    ObjectNode json = JSON.createObjectNode();
    ObjectNode done = json.putObject("steps");
    steps.forEach(
        (step, note) ->
            done.putObject(step)
                .put("at", note.at().toString())
                .put("dueAt", note.dueAt().toString())
                .put("count", note.count())
                .put("bytes", note.bytes())
                .put("totalCount", note.totalCount())
                .put("totalBytes", note.totalBytes()));
    ObjectNode failed = json.putObject("errors");
    errors.forEach((step, error) -> failed.set(step, error.json()));
    return json;
  }

  /** Reads the JSON of one; what can't be read is left out. */
  public static MaintenanceNote of(JsonNode json) {
    SortedMap<String, StepNote> steps = new TreeMap<>();
    SortedMap<String, CompactionError> errors = new TreeMap<>();
    json.path("steps")
        .fields()
        .forEachRemaining(
            one -> step(one.getValue()).ifPresent(note -> steps.put(one.getKey(), note)));
    json.path("errors")
        .fields()
        .forEachRemaining(
            one ->
                CompactionError.of(one.getValue())
                    .ifPresent(error -> errors.put(one.getKey(), error)));
    return new MaintenanceNote(steps, errors);
  }

  private static Optional<StepNote> step(JsonNode json) {
    try {
      return Optional.of(
          new StepNote(
              Instant.parse(json.path("at").asText()),
              Instant.parse(json.path("dueAt").asText()),
              json.path("count").asLong(),
              json.path("bytes").asLong(),
              json.path("totalCount").asLong(),
              json.path("totalBytes").asLong()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
