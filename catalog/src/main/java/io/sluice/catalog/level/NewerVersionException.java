package io.sluice.catalog.level;

/**
 * A newer version wrote something that this one doesn't understand. Nothing was taken from it, and
 * nothing must be made of it: upgrade, and read it again.
 */
public final class NewerVersionException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * @param what was read, by its place
   * @param version what it says of itself
   * @param known the newest that this version understands
   */
  public NewerVersionException(String what, int version, int known) {
    super(text(what, version, known));
  }

  /** Returns the message, for those who fail by another exception. */
  public static String text(String what, int version, int known) {
    return what
        + " is of version "
        + version
        + ", but this Sluice reads "
        + known
        + ": it is older than what wrote that; upgrade it";
  }
}
