package io.sluice.gateway.http;

import io.sluice.gateway.auth.Permission;
import io.vertx.core.http.HttpMethod;

/**
 * A call of the HTTP API.
 *
 * @param method its method
 * @param path its path, with {@code :names} of what stands there
 * @param permission what it needs of its caller
 */
record Operation(HttpMethod method, String path, Permission permission) {

  private static final String DATABASE = ":database";

  /** Returns whether the path names the database that the permission is about. */
  boolean namesDatabase() {
    return permission.ofDatabase() && path.contains(DATABASE);
  }
}
