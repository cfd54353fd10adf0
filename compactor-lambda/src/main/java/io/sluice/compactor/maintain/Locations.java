package io.sluice.compactor.maintain;

import java.nio.file.Path;

/** Spellings of locations: what means the same file is made equal. */
final class Locations {

  /** Returns the one spelling by which locations are compared; not one to open a file by. */
  static String normalized(String location) {
    if (location.startsWith("file:/")) {
      return local(location.substring("file:".length()));
    }
    if (location.startsWith("/")) {
      return local(location);
    }
    for (String scheme : new String[] {"s3a://", "s3n://"}) {
      if (location.startsWith(scheme)) {
        return "s3://" + location.substring(scheme.length());
      }
    }
    return location;
  }

  /** Takes the host off, which is empty or this one, and what makes no difference in a path. */
  private static String local(String rest) {
    String path = rest.startsWith("//localhost/") ? rest.substring("//localhost".length()) : rest;
    return Path.of(path.replaceAll("^/+", "/")).normalize().toString();
  }

  private Locations() {}
}
