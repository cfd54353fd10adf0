package io.sluice.gateway.gate;

import org.apache.arrow.vector.FieldVector;

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
}
