package io.sluice.flink;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientSettings;
import io.sluice.client.SluiceClient;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a catalog's gateways are, and how the lake's files are reached.
 *
 * @param address {@code host:port} of a gateway, or of several, divided by commas
 * @param lakeProperties properties of Iceberg's FileIO
 * @param security how gateways are known, and know Flink
 */
public record Endpoint(
    String address, HashMap<String, String> lakeProperties, ClientSecurity security)
    implements Serializable {

  /** Gateways that let all in, in clear text. */
  public Endpoint(String address, Map<String, String> lakeProperties) {
    this(address, new HashMap<>(lakeProperties), ClientSecurity.NONE);
  }

  /** Returns the addresses of the gateways one by one, the first to be tried first. */
  public List<String> addresses() {
    return io.sluice.client.Endpoint.list(address).stream()
        .map(io.sluice.client.Endpoint::toString)
        .toList();
  }

  /** Returns the address and the names of the properties: values may be secret. */
  @Override
  public String toString() {
    return "Endpoint[address="
        + address
        + ", lakeProperties="
        + lakeProperties.keySet()
        + ", security="
        + security
        + "]";
  }

  /** Returns a client of the cluster, which must be closed. */
  public SluiceClient connect() {
    return SluiceClient.connect(ClientSettings.of(address).with(security));
  }
}
