package io.sluice.bench.measure;

/** What a system's client is set up for. */
public enum Tuning {
  /** Each row leaves at once. */
  LATENCY,
  /** Rows are gathered, as far as that gives more of them a second. */
  THROUGHPUT
}
