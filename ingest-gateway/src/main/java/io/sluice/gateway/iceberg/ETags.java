package io.sluice.gateway.iceberg;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;

/** What tells one version of a table's metadata from another. */
final class ETags {

  /** Returns the tag of what is answered of a metadata file. */
  static String of(String metadataLocation, SnapshotMode mode) {
    byte[] text = (mode + " " + metadataLocation).getBytes(StandardCharsets.UTF_8);
    return "\"" + UUID.nameUUIDFromBytes(text) + "\"";
  }

  /** Returns whether a header {@code If-None-Match} names {@code tag}. */
  static boolean match(String ifNoneMatch, String tag) {
    for (String each : ifNoneMatch.split(",", -1)) {
      String named = each.strip();
      if (named.equals("*") || named.equals(tag) || named.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private ETags() {}
}
