package io.sluice.testing.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that goes over to TLS with ZooKeeper and to closed nodes; see {@link SecuredTown}. */
class SecuredZooKeeperTest {

  private static final int LIMIT_S = 240;

  @Test
  void aClusterGoesOverToTlsAndClosesItsNodes(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process town =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                SecuredTown.class.getName(),
                Files.createDirectory(folder.resolve("town")).toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = town.waitFor(LIMIT_S, TimeUnit.SECONDS);
      assertThat(Files.readString(output)).contains(SecuredTown.DONE);
      assertThat(ended).isTrue();
    } finally {
      town.destroyForcibly();
    }
  }
}
