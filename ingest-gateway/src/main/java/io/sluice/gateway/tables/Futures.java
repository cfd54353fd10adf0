package io.sluice.gateway.tables;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several futures as one. */
final class Futures {

  /** Returns all results in order; fails once all are done if one failed. */
  static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }

  private Futures() {}
}
