package io.sluice.log.frame;

import java.util.UUID;

/**
 * Names a batch, so that appending it again doubles nothing.
 *
 * @param writerId drawn by the writer, never shared
 * @param sequence the batch's number, dense from 0 per writer and bucket
 */
public record WriterSequence(UUID writerId, long sequence) {

  public WriterSequence {
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence must be >= 0: " + sequence);
    }
  }

  @Override
  public String toString() {
    return writerId + "#" + sequence;
  }
}
