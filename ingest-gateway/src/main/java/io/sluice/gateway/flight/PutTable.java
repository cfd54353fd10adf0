package io.sluice.gateway.flight;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.auth.Access;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.ArrowGate;
import io.sluice.gateway.gate.GateException;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What a stream of batches goes into. Its columns stay those that the table had when the stream's
 * schema came, whatever becomes of the table; all else is as it is by now. Belongs to the call's
 * event loop.
 */
final class PutTable implements AutoCloseable {

  private final FlightParts parts;
  private final BufferAllocator allocator;
  private @Nullable Table table;
  private @Nullable ArrowGate gate;

  /**
   * @param allocator where the rows' memory comes from
   */
  PutTable(FlightParts parts, BufferAllocator allocator) {
    this.parts = parts;
    this.allocator = allocator;
  }

  /** Returns the table; null before {@link #find} was done. */
  @Nullable Table table() {
    return table;
  }

  /** Returns what takes the rows; null before the schema came. */
  @Nullable ArrowGate gate() {
    return gate;
  }

  /**
   * Finds the table that the first message names.
   *
   * @param caller who sends the stream, or the gateway that passes it on
   * @param incarnation which one the gateway that passes it on means; null if any
   * @return completes on any thread with what to do then on the call's
   */
  CompletableFuture<Runnable> find(FlightData first, Caller caller, @Nullable String incarnation)
      throws ProblemException {
    var descriptor = first.descriptor();
    if (descriptor == null) {
      throw Json.refused("the first message of a DoPut needs a descriptor [database, table]");
    }
    OptionalInt schemaId =
        caller.forwarded()
            ? PutMetadata.schemaId(first.appMetadata().getBytes())
            : OptionalInt.empty();
    return parts
        .tables()
        .table(caller.require(Access.WRITE, Descriptors.table(descriptor)))
        .thenCompose(found -> meant(found, incarnation))
        .thenCompose(found -> with(found, schemaId))
        .thenApply(found -> () -> table = found);
  }

  /** The table may have been made anew under its name since one of the two gateways saw it. */
  private CompletableFuture<Table> meant(Table found, @Nullable String incarnation) {
    if (Incarnation.is(incarnation, found)) {
      return CompletableFuture.completedFuture(found);
    }
    return parts
        .tables()
        .newest(found.name())
        .thenCompose(
            now ->
                Incarnation.is(incarnation, now)
                    ? CompletableFuture.completedFuture(now)
                    : CompletableFuture.failedFuture(Incarnation.failure(incarnation, now, true)));
  }

  /** Returns the table as it was when a schema was current; none if it must be the newest. */
  private CompletableFuture<Table> with(Table found, OptionalInt schemaId) {
    if (schemaId.isEmpty()) {
      return CompletableFuture.completedFuture(found);
    }
    int id = schemaId.getAsInt();
    if (found.schemas().containsKey(id)) {
      return CompletableFuture.completedFuture(found.at(id));
    }
    return parts
        .tables()
        .newest(found.name())
        .thenCompose(
            now ->
                now.schemas().containsKey(id)
                    ? CompletableFuture.completedFuture(now.at(id))
                    : CompletableFuture.failedFuture(
                        new ProblemException(
                            Problem.unavailable(
                                "table %s has no schema %d here yet: try again"
                                    .formatted(now.name(), id)))));
  }

  /**
   * Takes the stream's schema. A table that has no such columns, as it is known here, may have got
   * them meanwhile.
   *
   * @return as {@link #find}, or fails with a {@link GateException} if the columns don't fit
   */
  CompletableFuture<Runnable> open(FlightData schema) {
    Table known = requireTable();
    try {
      gate = gate(schema, known);
      return CompletableFuture.completedFuture(() -> {});
    } catch (GateException e) {
      return parts
          .tables()
          .newest(known.name())
          .thenCompose(
              now ->
                  now.id().equals(known.id()) && isAltered(known, now)
                      ? reopened(schema, now)
                      : CompletableFuture.failedFuture(e));
    }
  }

  private static boolean isAltered(Table known, Table now) {
    return now.schemaId() != known.schemaId() || !now.options().equals(known.options());
  }

  private CompletableFuture<Runnable> reopened(FlightData schema, Table now) {
    try {
      ArrowGate opened = gate(schema, now);
      return CompletableFuture.completedFuture(
          () -> {
            table = now;
            gate = opened;
          });
    } catch (GateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private ArrowGate gate(FlightData schema, Table to) throws GateException {
    return ArrowGate.open(
        ArrowMessages.nio(schema.header()).slice(), to, allocator, parts.settings().gate());
  }

  /**
   * Looks at the table again, which has {@code bucket} then if it has it at all.
   *
   * @return as {@link #find}
   */
  CompletableFuture<Runnable> lookAgain(int bucket) {
    Table known = requireTable();
    return parts.tables().table(known.name(), bucket).thenApply(now -> () -> renew(known, now));
  }

  /** If it was made anew under its name, the stream goes on to find that its own is gone. */
  private void renew(Table known, Table now) {
    if (now.id().equals(known.id()) && now.schemas().containsKey(known.schemaId())) {
      table = now.at(known.schemaId());
    }
  }

  private Table requireTable() {
    Table found = table;
    if (found == null) {
      throw new IllegalStateException("no table yet");
    }
    return found;
  }

  @Override
  public void close() {
    ArrowGate open = gate;
    if (open != null) {
      gate = null;
      open.close();
    }
  }
}
