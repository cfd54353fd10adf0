package io.sluice.catalog.level;

/**
 * What a change asks of all who read its outcome.
 *
 * @param what the change, as one names it in a sentence
 * @param level what they have to understand, at least {@link Levels#FIRST}
 */
public record Need(String what, int level) {

  public Need {
    if (level < Levels.FIRST) {
      throw new IllegalArgumentException("level must be >= " + Levels.FIRST + ": " + level);
    }
  }
}
