package io.sluice.log.frame;

import io.sluice.catalog.level.NewerVersionException;

/** An entry or frame that a newer version wrote: nothing is wrong with it, but this one is old. */
public final class NewerEntryException extends CorruptEntryException {

  private static final long serialVersionUID = 1L;

  /**
   * @param what was read
   * @param version what it says of itself
   * @param known the newest that this version understands
   */
  NewerEntryException(String what, int version, int known) {
    super(NewerVersionException.text(what, version, known));
  }

  NewerEntryException(String message) {
    super(message);
  }
}
