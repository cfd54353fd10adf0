package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.bookies.EmbeddedBookies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LambdaConnectionsTest {

  @RegisterExtension static final EmbeddedBookies BOOKIES = new EmbeddedBookies();

  @TempDir Path folder;

  /** A process of the function lives on, and tries again with each message. */
  @Test
  void whatWasOpenedIsClosedWhenWhatComesAfterItFails() {
    LambdaEnvironment noCatalog =
        LambdaEnvironment.of(
            Map.of(
                LambdaEnvironment.ZOOKEEPER,
                BOOKIES.zooKeeper(),
                LambdaEnvironment.CHROOT,
                BOOKIES.newRoot(),
                LambdaEnvironment.LEDGERS,
                BOOKIES.metadataUri(),
                CatalogVariables.name("type"),
                "of-nobody",
                LambdaEnvironment.WAREHOUSE,
                folder.toUri().toString()));
    List<String> before = zooKeeperClients();

    assertThatThrownBy(() -> LambdaConnections.open(noCatalog, Duration.ofMinutes(1)))
        .hasMessageContaining("of-nobody");

    assertThat(zooKeeperClients()).isEqualTo(before);
  }

  /** Returns the threads of ZooKeeper's clients, of which each has one. */
  private static List<String> zooKeeperClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("-SendThread("))
        .sorted()
        .toList();
  }
}
