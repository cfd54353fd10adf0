package io.sluice.catalog.table;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataStore;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A metadata store as someone sees it who dies, or loses it, after some calls. */
public final class DyingStore {

  /** Returns {@code store} as it is for so many calls. */
  public static MetadataStore after(int calls, MetadataStore store) {
    AtomicInteger left = new AtomicInteger(calls);
    return (MetadataStore)
        Proxy.newProxyInstance(
            MetadataStore.class.getClassLoader(),
            new Class<?>[] {MetadataStore.class},
            (proxy, method, arguments) ->
                left.getAndDecrement() > 0
                    ? method.invoke(store, arguments)
                    : CompletableFuture.failedFuture(
                        new MetadataException(
                            MetadataException.Kind.UNAVAILABLE, "the store is gone")));
  }

  private DyingStore() {}
}
