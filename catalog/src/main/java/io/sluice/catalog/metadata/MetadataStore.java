package io.sluice.catalog.metadata;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A small tree of versioned values with compare-and-set, listing, watches and ephemeral entries.
 *
 * <p>One instance is one session. A path is {@code /a/b/c}; its segments are not empty, hold no
 * {@code /} or control character, and are neither {@code .} nor {@code ..} (see {@link
 * MetadataPaths}). A value is small: at most {@value #MAX_VALUE_BYTES} bytes.
 *
 * <p>Every future fails with a {@link MetadataException} whose kind says what is then true. Futures
 * may be completed on a thread of the store: continue elsewhere before blocking. Thread-safe.
 */
public interface MetadataStore extends AutoCloseable {

  /** Largest value a store has to take, in bytes. */
  int MAX_VALUE_BYTES = 1_000_000;

  /**
   * A value and the version to hand to {@link #replace} or {@link #delete}.
   *
   * @param value the bytes, not to be changed by the reader
   * @param version 0 when created, one more after each replacement
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it came, never compared
  record Versioned(byte[] value, long version) {}

  /**
   * What is to stand in the place of a value.
   *
   * @param value the bytes
   * @param version the version that the value must have
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on as it came, never compared
  record Replacement(String path, byte[] value, long version) {}

  /** A watch that stands until it is closed. */
  interface Watch extends AutoCloseable {
    /** Ends the watch. A call that has begun may still be running. */
    @Override
    void close();
  }

  /**
   * Reads one value; empty if there is none at {@code path}. May lag behind what other sessions
   * wrote, but never behind this session's own writes nor behind a {@link #sync}.
   */
  CompletableFuture<Optional<Versioned>> read(String path);

  /**
   * Creates a value, and empty parents where they are missing.
   *
   * @return the version, 0; fails with EXISTS if there is a value already
   */
  CompletableFuture<Long> create(String path, byte[] value);

  /**
   * Replaces a value if it still has {@code version}.
   *
   * @return the new version, {@code version + 1}; fails with CONFLICT if the version is another
   *     one, with MISSING if there is no value
   */
  CompletableFuture<Long> replace(String path, byte[] value, long version);

  /**
   * Replaces several values in one step: all of them, or none.
   *
   * @param replacements of different paths, at least one; all values together are small
   * @return completes when all are replaced; fails with CONFLICT if one has another version, with
   *     MISSING if there is no such value
   */
  CompletableFuture<Void> replaceAll(List<Replacement> replacements);

  /**
   * Deletes a value without children.
   *
   * @param version the version it must have, or -1 for any
   * @return completes when it is gone; fails with CONFLICT if the version is another one or it has
   *     children, with MISSING if there is no value
   */
  CompletableFuture<Void> delete(String path, long version);

  /** Lists the names of the direct children, sorted; empty if there is nothing at {@code path}. */
  CompletableFuture<List<String>> list(String path);

  /**
   * Creates a value that goes away with this session; parents are made and stay. Fails with EXISTS
   * if there is one already, of this session or another.
   */
  CompletableFuture<Void> createEphemeral(String path, byte[] value);

  /**
   * Calls {@code changed} after the value at {@code path} or the set of its direct children
   * changed. A change is never missed, but several may be told in one call, and a call may be
   * spurious: read again. The path needs not exist. The call must not block.
   */
  Watch watch(String path, Runnable changed);

  /** Completes once later reads of this session see all that was written before this call. */
  CompletableFuture<Void> sync(String path);

  /**
   * Calls {@code lost} when the session has ended other than by {@link #close}, or can no longer be
   * known to live: its ephemeral values are gone or may be. A store that opens another session
   * after it makes them again, and calls once for each session that is lost.
   */
  void onSessionLost(Runnable lost);

  /** Ends the session; its ephemeral values go at once. */
  @Override
  void close();
}
