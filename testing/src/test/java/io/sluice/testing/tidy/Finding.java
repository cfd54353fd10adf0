package io.sluice.testing.tidy;

/**
 * One place that breaks a rule.
 *
 * @param path the file, relative to the repository's root, with slashes
 * @param rule the broken rule
 * @param what where in the file, and what was measured there
 */
record Finding(String path, Rule rule, String what) {

  @Override
  public String toString() {
    return path + ": " + what + " (" + rule + "): " + rule.remedy();
  }
}
