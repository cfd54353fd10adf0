package io.sluice.log.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.Unpooled;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.NewerEntryException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class NewerEntryTest {

  @Test
  void whatANewerVersionWroteIsNotCalledCorrupt() {
    NewerEntryException newer =
        catchThrowableOfType(
            NewerEntryException.class,
            () -> EntryHeader.read(Unpooled.buffer(64).writeByte(9).writeZero(40)));
    ReadException told = ReadFailures.of(new CompletionException(newer), 7);
    assertThat(told.reason()).isEqualTo(ReadException.Reason.UNAVAILABLE);
    assertThat(told)
        .hasMessage(
            "ledger 7: the entry is of version 9, but this Sluice reads 2: it is older than what"
                + " wrote that; upgrade it");
  }
}
