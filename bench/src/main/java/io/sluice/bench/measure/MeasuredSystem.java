package io.sluice.bench.measure;

import java.io.Closeable;

/** A system, seen from its client's JVM. */
public interface MeasuredSystem extends Closeable {

  /** Makes another empty table or topic. */
  MeasuredTable newTable(Load load) throws Exception;
}
