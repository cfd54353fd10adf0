package io.sluice.gateway.iceberg;

/**
 * An answer of the Iceberg REST catalog.
 *
 * @param status the HTTP status
 * @param json the body, or empty if there is none
 * @param etag what the header {@code ETag} is to say, or empty
 */
public record Reply(int status, String json, String etag) {

  static final Reply NO_CONTENT = new Reply(204, "");

  Reply(int status, String json) {
    this(status, json, "");
  }
}
