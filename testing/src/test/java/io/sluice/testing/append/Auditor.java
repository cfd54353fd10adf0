package io.sluice.testing.append;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import io.sluice.testing.append.Follower.Seen;
import java.util.List;

/** Compares what a writer was told with what is in the log. */
final class Auditor {

  static void audit(SimulatedWriter writer, List<Seen> all) {
    assertThat(writer.acknowledged.keySet()).isEqualTo(writer.sent.keySet());
    long sequence = 0;
    int row = 0;
    for (Seen frame : all) {
      WriterSequence of = frame.header().writer();
      if (of == null || !of.writerId().equals(writer.id)) {
        continue;
      }
      assertThat(of.sequence()).as("next batch of %s", writer.id).isEqualTo(sequence);
      assertThat(frame.header().firstRow()).as("next row of %s", of).isEqualTo(row);
      Appended told = requireNonNull(writer.acknowledged.get(sequence));
      if (row == 0) {
        assertThat(told.offset()).as("offset of %s", of).isEqualTo(frame.offset());
      }
      row += frame.header().rows();
      if (row == frame.header().batchRows()) {
        assertThat(told.rows()).as("rows of %s", of).isEqualTo(row);
        sequence++;
        row = 0;
      }
    }
    assertThat(row).as("rows of a batch in part").isZero();
    assertThat(sequence).as("batches of %s in the log", writer.id).isEqualTo(writer.sent.size());
  }

  private Auditor() {}
}
