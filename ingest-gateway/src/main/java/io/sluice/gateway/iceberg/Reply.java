package io.sluice.gateway.iceberg;

/**
 * An answer of the Iceberg REST catalog.
 *
 * @param status the HTTP status
 * @param json the body, or empty if there is none
 */
public record Reply(int status, String json) {

  static final Reply NO_CONTENT = new Reply(204, "");
}
