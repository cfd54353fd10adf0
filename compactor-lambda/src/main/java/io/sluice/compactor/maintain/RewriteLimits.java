package io.sluice.compactor.maintain;

/**
 * Which files are rewritten together.
 *
 * @param targetBytes size of the files that a rewrite makes, at most about; files of half of it
 *     stay as they are
 * @param filesTogether how many files of about the same size are rewritten into one, at least 2
 * @param filesAtMost how many files are rewritten into one at most, at least {@code filesTogether}
 */
record RewriteLimits(long targetBytes, int filesTogether, int filesAtMost) {

  RewriteLimits {
    if (targetBytes < 2 || filesTogether < 2 || filesAtMost < filesTogether) {
      throw new IllegalArgumentException(
          "targetBytes "
              + targetBytes
              + ", filesTogether "
              + filesTogether
              + ", filesAtMost "
              + filesAtMost);
    }
  }
}
