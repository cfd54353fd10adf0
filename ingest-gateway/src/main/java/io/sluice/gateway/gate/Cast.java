package io.sluice.gateway.gate;

import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** Brings columns of one wire type into one canonical type, without loss. */
interface Cast {

  /**
   * Casts a column.
   *
   * @param from stays the caller's
   * @param to makes the canonical vector
   * @return the vector, for the caller to close; uncopied where it was canonical already
   * @throws GateException BAD_ROWS if a value doesn't fit, BAD_MESSAGE if it isn't one
   */
  FieldVector apply(Column from, Target to) throws GateException;

  /**
   * Returns the cast of a field within the wire's field, which must then have been read.
   *
   * @param index its place there
   * @return null if the values aren't needed
   */
  default @Nullable Cast child(int index) {
    return null;
  }

  /** A cast that needs no values, since all are null. */
  interface Nulls extends Cast {

    /** Makes {@code count} nulls. */
    FieldVector nulls(int count, Target to) throws GateException;

    @Override
    default FieldVector apply(Column from, Target to) throws GateException {
      return nulls(from.rows(), to);
    }
  }
}
