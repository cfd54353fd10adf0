package io.sluice.flink;

import java.util.HashMap;

/** Endpoints for tests in other packages. */
public final class TestEndpoint {

  /** Returns one. */
  public static Endpoint of(String address) {
    return new Endpoint(address, new HashMap<>());
  }

  private TestEndpoint() {}
}
