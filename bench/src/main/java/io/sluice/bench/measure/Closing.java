package io.sluice.bench.measure;

import java.io.IOException;

/** Closes what throws whatever it likes. */
public final class Closing {

  /** Something to be closed. */
  public interface Step {
    /** Closes it. */
    void run() throws Exception;
  }

  /**
   * Takes all steps, whatever becomes of those before.
   *
   * @throws IOException if one failed
   */
  public static void all(Step... steps) throws IOException {
    IOException failure = null;
    for (Step step : steps) {
      try {
        step.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new IOException("interrupted", e);
      } catch (Exception e) {
        failure = new IOException(e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Closing() {}
}
