package io.sluice.gateway.iceberg;

import io.sluice.gateway.auth.Access;
import io.sluice.gateway.errors.ProblemException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.rest.Endpoint;

/**
 * An endpoint that is there, and what answers it.
 *
 * @param endpoint as it is announced
 * @param need what it needs of its caller
 * @param handler answers its calls
 */
record Route(Endpoint endpoint, Need need, Handler handler) {

  private static final String PREFIX = "/v1/{prefix}/";

  /** Answers a call; may throw any of Iceberg's exceptions. */
  interface Handler {
    Reply answer(RestCall call, Map<String, String> names);
  }

  /** Says what a call needs of its caller; may throw any of Iceberg's exceptions. */
  interface Need {

    /**
     * Lets a call pass that its caller may make.
     *
     * @throws ProblemException if it may not
     */
    void check(RestCall call, Map<String, String> names) throws ProblemException;
  }

  /** Returns a route whose path names a namespace, to which it needs access. */
  static Route of(Endpoint endpoint, Access access, Handler handler) {
    return new Route(
        endpoint,
        (call, names) -> call.caller().require(access, names.getOrDefault("namespace", "")),
        handler);
  }

  Route {
    if (!endpoint.path().startsWith(PREFIX)) {
      throw new IllegalArgumentException("not below " + PREFIX + ": " + endpoint);
    }
  }

  /** Returns what stands for the braces of this route's path; empty if it is another path. */
  Optional<Map<String, String>> match(List<String> path) {
    List<String> template = List.of(endpoint.path().substring(PREFIX.length()).split("/"));
    if (template.size() != path.size()) {
      return Optional.empty();
    }
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < path.size(); i++) {
      String part = template.get(i);
      if (part.startsWith("{")) {
        names.put(part.substring(1, part.length() - 1), path.get(i));
      } else if (!part.equals(path.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(names);
  }
}
