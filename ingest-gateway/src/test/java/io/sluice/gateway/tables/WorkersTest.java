package io.sluice.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {

  @Test
  void aTaskThatThrowsAnErrorFailsItsCallAndTheNextOneRuns() throws Exception {
    try (Workers workers = new Workers("test", 1)) {
      assertThatThrownBy(
              () ->
                  workers
                      .call(
                          () -> {
                            throw new OutOfMemoryError("by design of this test");
                          })
                      .get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(OutOfMemoryError.class);
      assertThat(workers.call(() -> 7).get(20, TimeUnit.SECONDS)).isEqualTo(7);
    }
  }
}
