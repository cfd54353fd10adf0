package io.sluice.flink;

import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a catalog's gateway is, and how the lake's files are reached.
 *
 * @param address {@code host:port} of a gateway
 * @param lakeProperties properties of Iceberg's FileIO
 */
public record Endpoint(String address, HashMap<String, String> lakeProperties)
    implements Serializable {

  Endpoint(String address, Map<String, String> lakeProperties) {
    this(address, new HashMap<>(lakeProperties));
  }

  /** Returns a client of the gateway, which must be closed. */
  public SluiceClient connect() {
    return SluiceClient.connect(ClientSettings.of(address));
  }
}
