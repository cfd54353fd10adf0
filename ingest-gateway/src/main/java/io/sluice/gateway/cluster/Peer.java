package io.sluice.gateway.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.RegisteredGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A gateway of the cluster. Its entry in the metadata store is JSON: {@code {"host":"10.0.0.7",
 * "port":9470,"level":2}}; fields that a later version adds are ignored.
 *
 * @param id drawn at each start, as it stands in claims
 * @param host where clients and other gateways reach it
 * @param port its port, 1 to 65,535
 * @param level what it understands of what others write, see {@link Levels}
 * @param secretHash the hash of the secret that its own calls to other gateways carry, so that
 *     nobody passes for it who can't write to the metadata store; empty if it has none
 * @param tls whether its port speaks TLS
 */
public record Peer(String id, String host, int port, int level, String secretHash, boolean tls) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String TLS = "tls";
  private static final String SECRET_HASH = "secretHash";

  /** A gateway of this version. */
  public Peer(String id, String host, int port) {
    this(id, host, port, Levels.OWN);
  }

  /** A gateway whose calls to others carry no secret. */
  public Peer(String id, String host, int port, int level) {
    this(id, host, port, level, "", false);
  }

  /** Returns this gateway with the hash of a secret. */
  public Peer withSecretHash(String hash) {
    return new Peer(id, host, port, level, hash, tls);
  }

  /** Returns this gateway with a port that speaks TLS, or doesn't. */
  public Peer withTls(boolean speaks) {
    return new Peer(id, host, port, level, secretHash, speaks);
  }

  /** Returns where Flight's clients find it. */
  public String location() {
    return (tls ? "grpc+tls://" : "grpc+tcp://") + endpoint();
  }

  /** Returns {@code host:port}. */
  public String endpoint() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Returns the value of the gateway's entry. */
  byte[] toBytes() {
    ObjectNode entry =
        MAPPER
            .createObjectNode()
            .put("host", host)
            .put("port", port)
            .put(RegisteredGateway.LEVEL, level);
    if (!secretHash.isEmpty()) {
      entry.put(SECRET_HASH, secretHash);
    }
    if (tls) {
      entry.put(TLS, true);
    }
    return entry.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads an entry.
   *
   * @throws IOException if it isn't one
   */
  static Peer read(String id, byte[] value) throws IOException {
    JsonNode json = MAPPER.readTree(value);
    JsonNode host = json.path("host");
    JsonNode port = json.path("port");
    if (!host.isTextual() || !port.isInt()) {
      throw new IOException(
          "the entry of gateway %s has no host and port: %s"
              .formatted(id, new String(value, StandardCharsets.UTF_8)));
    }
    int level = RegisteredGateway.read(id, value).level();
    return new Peer(
        id,
        host.asText(),
        port.asInt(),
        level,
        json.path(SECRET_HASH).asText(),
        json.path(TLS).asBoolean());
  }
}
