package io.sluice.gateway;

import java.nio.file.Files;
import java.nio.file.Path;

/** Runs a gateway over stores in memory until its input ends, for clients in other languages. */
@SuppressWarnings("try") // close() may be interrupted
public final class GatewayMain {

  /** Prints the port, then waits. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("sluice-gateway");
    try (GatewayFixture fixture = new GatewayFixture(folder)) {
      System.out.println("port " + fixture.port());
      while (System.in.read() >= 0) {
        // Until whoever started this closes it.
      }
    }
  }

  private GatewayMain() {}
}
