package io.sluice.log.bookie.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One of BookKeeper's figures that is told to others. BookKeeper has some hundreds, under names
 * that change with its inner workings; these are the ones that say how a bookie or autorecovery
 * does.
 *
 * @param source BookKeeper's name, without its scopes
 * @param name Prometheus's name, without the ending of its kind
 * @param kind what it is
 * @param help what it says
 */
record Exposed(String source, String name, Kind kind, String help) {

  /** What a figure is. */
  enum Kind {
    /** Times of calls that went well, as a histogram, and how many went wrong. */
    TIMES,
    /** A number that only grows. */
    COUNTER,
    /** BookKeeper's SERVER_STATUS, 1 for a bookie that takes writes: told the other way round. */
    READ_ONLY
  }

  /** All of them, in the order in which they are told. */
  static final List<Exposed> ALL =
      List.of(
          times(
              "JOURNAL_ADD_ENTRY",
              "sluice_bookie_journal_add",
              "From an entry's arrival at the journal until it is on disk."),
          times("JOURNAL_SYNC", "sluice_bookie_journal_sync", "One sync of the journal's file."),
          times(
              "JOURNAL_QUEUE_LATENCY",
              "sluice_bookie_journal_queue",
              "How long entries wait for the journal's thread."),
          times(
              "ADD_ENTRY",
              "sluice_bookie_add",
              "Adds of entries, as the bookie's callers have them."),
          times(
              "READ_ENTRY",
              "sluice_bookie_read",
              "Reads of entries, as the bookie's callers have them."),
          counter(
              "WRITE_BYTES", "sluice_bookie_written_bytes", "Bytes of entries that were added."),
          counter("READ_BYTES", "sluice_bookie_read_bytes", "Bytes of entries that were read."),
          new Exposed(
              "SERVER_STATUS",
              "sluice_bookie_read_only",
              Kind.READ_ONLY,
              "1 while the bookie takes no writes, as its disk is full or failed."),
          counter(
              "NUM_FULL_OR_PARTIAL_LEDGERS_REPLICATED",
              "sluice_autorecovery_copied_segments",
              "Segments of which copies were made again."),
          times(
              "rereplicate",
              "sluice_autorecovery_copy",
              "Copying what one segment lacks; failures are tried again."));

  /** They by BookKeeper's names. */
  private static final Map<String, Exposed> BY_SOURCE =
      ALL.stream().collect(Collectors.toMap(Exposed::source, Function.identity()));

  /** Returns what is told of one of BookKeeper's figures, or null if nothing is. */
  static @Nullable Exposed of(String source) {
    return BY_SOURCE.get(source);
  }

  private static Exposed times(String source, String name, String help) {
    return new Exposed(source, name, Kind.TIMES, help);
  }

  private static Exposed counter(String source, String name, String help) {
    return new Exposed(source, name, Kind.COUNTER, help);
  }
}
