package io.sluice.flink.write;

import java.util.Locale;

/** What a sink promises when a job fails and starts again: {@code sink.delivery-guarantee}. */
public enum Delivery {
  /** Rows are visible as soon as they are durable; some may be there twice after a restart. */
  AT_LEAST_ONCE,
  /** Rows are visible when their checkpoint is complete, each once. */
  EXACTLY_ONCE;

  /** Returns the value as options have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
