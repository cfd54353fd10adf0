package io.sluice.gateway.letters;

import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.tables.TableOperations;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes dead letters to the table that is for them. Thread-safe. */
public final class LetterBox {

  private final TableOperations operations;
  private final Appends appends;

  public LetterBox(TableOperations operations, Appends appends) {
    this.operations = operations;
    this.appends = appends;
  }

  /**
   * Appends letters.
   *
   * @param table the one that they couldn't be stored in
   * @param letters at least one; stay the caller's, and must stay open until this completes
   * @param writer names the request, so that a retry doubles nothing; null if it has no name
   * @return completes with their number, the first attempt's for a retry, once they are durable. If
   *     it fails, some may be
   */
  public CompletableFuture<Long> append(
      Table table, Letters letters, @Nullable WriterSequence writer) {
    return operations
        .deadLetters(table)
        .thenCompose(to -> store(to, letters, writer))
        .thenApply(LetterBox::rows)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(told(table, failure)));
  }

  private CompletableFuture<List<Appended>> store(
      Table to, Letters letters, @Nullable WriterSequence writer) {
    try {
      return appends.append(appends.prepare(to, letters.rows(), writer, OptionalInt.empty(), true));
    } catch (GateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static long rows(List<Appended> appended) {
    return appended.stream().mapToLong(Appended::rows).sum();
  }

  /** What failed isn't what was asked for, so what is missing isn't the caller's mistake. */
  private static Throwable told(Table table, Throwable failure) {
    Problem problem = Problem.of(failure);
    if (problem.httpStatus() != 404 && !problem.code().equals(Reason.OLDER_GATEWAY.name())) {
      return Problem.unwrap(failure);
    }
    return new ProblemException(
        Problem.unavailable(
            "the dead letters of " + table.name() + " can't be written: " + problem.message()));
  }
}
