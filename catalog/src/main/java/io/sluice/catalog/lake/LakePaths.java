package io.sluice.catalog.lake;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Locations in the lake, compared however they are spelled. */
public final class LakePaths {

  /** A folder named as {@link Lake#location} names those of Sluice's tables. */
  private static final Pattern OURS =
      Pattern.compile("/[^/]+-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:/|$)");

  private static final Pattern LOCAL = Pattern.compile("^(?:file:(?://localhost(?=/))?)?/+");
  private static final Pattern S3 = Pattern.compile("^s3[an]?://");

  /**
   * Returns the one spelling by which locations are compared; not one to open a file by. Of an
   * object store's names only the scheme is: all else of them means what it says.
   */
  public static String spelled(String location) {
    if (LOCAL.matcher(location).find()) {
      return Path.of(LOCAL.matcher(location).replaceFirst("/")).normalize().toString();
    }
    return S3.matcher(location).replaceFirst("s3://");
  }

  /**
   * Returns a location as {@link #spelled}, without a slash at the end, to be looked for in a
   * folder.
   *
   * @throws IllegalArgumentException if it has empty segments or such that mean another folder to
   *     some, or isn't a location at all
   */
  static String normal(String location) {
    String path = spelled(location);
    while (path.length() > 1 && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if (path.startsWith("/")) {
      return path;
    }
    int scheme = path.indexOf("://");
    for (String segment : path.substring(scheme < 0 ? 0 : scheme + 3).split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "a location must not have empty, '.' or '..' segments: '" + location + "'");
      }
    }
    return path;
  }

  /**
   * Returns whether there is a folder of a Sluice table on the way to a file.
   *
   * @param path below the warehouse, beginning with a slash
   */
  static boolean isOurs(String path) {
    return OURS.matcher(path).find();
  }

  private LakePaths() {}
}
