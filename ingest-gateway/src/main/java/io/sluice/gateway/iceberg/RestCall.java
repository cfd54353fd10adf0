package io.sluice.gateway.iceberg;

import io.sluice.gateway.auth.Principal;
import java.util.List;
import java.util.Map;

/**
 * A call of the Iceberg REST catalog.
 *
 * @param method the HTTP method
 * @param path the decoded segments after {@code /iceberg/v1}
 * @param query the decoded query parameters
 * @param ifNoneMatch the header {@code If-None-Match}, or empty
 * @param caller who makes it
 * @param body the bytes of the body; empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it came, never compared
public record RestCall(
    String method,
    List<String> path,
    Map<String, String> query,
    String ifNoneMatch,
    Principal caller,
    byte[] body) {

  public RestCall {
    path = List.copyOf(path);
    query = Map.copyOf(query);
  }
}
