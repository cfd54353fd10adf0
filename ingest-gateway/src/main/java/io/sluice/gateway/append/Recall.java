package io.sluice.gateway.append;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.cluster.Route;
import io.sluice.log.append.BucketLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how the first attempt of a batch was divided, once a table has more buckets than then.
 * Thread-safe; never blocks.
 */
public final class Recall {

  /*
   * The owners of the buckets that a former division would use are asked whether they know the
   * batch by its name in that division. If one does, that division is taken again: each of its
   * buckets has its part, or gets it. If none does, none ever will: an owner that was asked takes
   * no part any more from those who know of fewer buckets, and neither does the next owner, who
   * asks the metadata store how many there are once the bucket is its own. So two attempts never
   * take different ways, be they at the same time and at different gateways. Recording each way
   * durably, before rows, would cost each request an append more.
   */

  private final Ownership ownership;
  private final Forwards forwards;
  private final KnownCounts counts;

  Recall(Ownership ownership, Forwards forwards, KnownCounts counts) {
    this.ownership = ownership;
    this.forwards = forwards;
    this.counts = counts;
  }

  /**
   * Asks whether some buckets know a writer.
   *
   * @param buckets at least one
   * @param bucketCount how many there are, by who asks: from now on nothing is appended there by
   *     those who know of fewer, unless they named the bucket
   * @param forwarded whether another gateway passed the question on
   */
  public record Question(
      Table table, List<Integer> buckets, UUID writerId, int bucketCount, boolean forwarded) {

    public Question {
      buckets = List.copyOf(buckets);
    }

    Question about(List<Integer> some) {
      return new Question(table, some, writerId, bucketCount, forwarded);
    }
  }

  /** Returns the division of the first attempt, or the last one; the others are released. */
  CompletableFuture<Division> choose(Table table, List<Division> divisions) {
    return find(table, divisions, 0)
        .whenComplete((chosen, failure) -> releaseAllBut(chosen, divisions))
        .thenApply(divisions::get);
  }

  private static void releaseAllBut(@Nullable Integer chosen, List<Division> divisions) {
    for (int i = 0; i < divisions.size(); i++) {
      if (chosen == null || chosen != i) {
        divisions.get(i).release();
      }
    }
  }

  private CompletableFuture<Integer> find(Table table, List<Division> divisions, int index) {
    Division division = divisions.get(index);
    UUID writerId = division.writerId();
    if (writerId == null || index == divisions.size() - 1) {
      return CompletableFuture.completedFuture(index);
    }
    return knows(new Question(table, division.buckets(), writerId, table.bucketCount(), false))
        .thenCompose(
            known ->
                known
                    ? CompletableFuture.completedFuture(index)
                    : find(table, divisions, index + 1));
  }

  /**
   * Returns whether one of the buckets knows the writer; fails, as an append does, if that can't be
   * told now.
   */
  public CompletableFuture<Boolean> knows(Question question) {
    List<CompletableFuture<Route>> routes =
        question.buckets().stream()
            .map(bucket -> ownership.route(question.table(), bucket, question.forwarded()))
            .toList();
    return all(routes)
        .thenCompose(
            found -> {
              List<CompletableFuture<Boolean>> answers = new ArrayList<>();
              Map<Peer, List<Integer>> elsewhere = new LinkedHashMap<>();
              for (int i = 0; i < found.size(); i++) {
                int bucket = question.buckets().get(i);
                if (found.get(i) instanceof Route.Here here) {
                  answers.add(knows(question, bucket, here.log()));
                } else if (found.get(i) instanceof Route.There there) {
                  elsewhere.computeIfAbsent(there.peer(), any -> new ArrayList<>()).add(bucket);
                }
              }
              elsewhere.forEach(
                  (peer, buckets) -> answers.add(forwards.knows(peer, question.about(buckets))));
              return all(answers).thenApply(known -> known.contains(true));
            });
  }

  private CompletableFuture<Boolean> knows(Question question, int bucket, BucketLog log) {
    return counts
        .of(question.table(), log)
        .thenCompose(
            known -> {
              known.atLeast(question.bucketCount());
              return log.knows(question.writerId());
            })
        // Last, since it says that nobody else owned the bucket until now.
        .thenCompose(
            known -> ownership.look(question.table(), bucket, log).thenApply(look -> known));
  }

  private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }
}
