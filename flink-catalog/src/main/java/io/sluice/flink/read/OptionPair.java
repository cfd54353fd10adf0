package io.sluice.flink.read;

import org.jspecify.annotations.Nullable;

/** An option that is given with one mode, and only with that. */
final class OptionPair {

  /**
   * Checks that an option is given if, and only if, its mode is.
   *
   * @param wanted the mode that the option belongs to
   * @param example of a value
   * @throws IllegalArgumentException if one is given without the other
   */
  static void require(
      String modeOption,
      String mode,
      String option,
      @Nullable String value,
      String wanted,
      String example) {
    boolean chosen = mode.equals(wanted);
    if (chosen && value == null) {
      throw new IllegalArgumentException(
          modeOption + "=" + wanted + " needs " + option + ", such as " + example);
    }
    if (!chosen && value != null) {
      throw new IllegalArgumentException(
          option + " needs " + modeOption + "=" + wanted + ", not '" + mode + "'");
    }
  }

  private OptionPair() {}
}
