package io.sluice.catalog.level;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A gateway's entry in the metadata store, as far as its level goes: {@code {"host":"10.0.0.7",
 * "port":9470,"level":2}}. Versions of before levels leave {@code level} out, and skip it when they
 * read.
 *
 * @param id drawn at each start
 * @param address its {@code host:port}; empty if the entry doesn't say
 * @param level what it understands, at least {@link Levels#FIRST}
 */
public record RegisteredGateway(String id, String address, int level) {

  /** The field with the level. */
  public static final String LEVEL = "level";

  private static final ObjectMapper JSON = new ObjectMapper();

  public RegisteredGateway {
    if (level < Levels.FIRST) {
      throw new IllegalArgumentException("level must be >= " + Levels.FIRST + ": " + level);
    }
  }

  /** Reads an entry; one that can't be read, or is empty, is taken for that of the first level. */
  public static RegisteredGateway read(String id, byte[] entry) {
    try {
      JsonNode json = JSON.readTree(entry);
      JsonNode host = json.path("host");
      JsonNode port = json.path("port");
      String address = host.isTextual() && port.isInt() ? address(host.asText(), port.asInt()) : "";
      int level = json.path(LEVEL).asInt(Levels.FIRST);
      return new RegisteredGateway(id, address, Math.max(Levels.FIRST, level));
    } catch (IOException e) {
      return new RegisteredGateway(id, "", Levels.FIRST);
    }
  }

  /** Returns the entry of a gateway of this version that only has to tell its level. */
  public static byte[] levelOnly() {
    return JSON.createObjectNode()
        .put(LEVEL, Levels.OWN)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return address.isEmpty() ? id : address + " (" + id + ")";
  }
}
