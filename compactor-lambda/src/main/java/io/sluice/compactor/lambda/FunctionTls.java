package io.sluice.compactor.lambda;

import io.sluice.catalog.table.OptionDoc;
import io.sluice.log.bookkeeper.BookKeeperTls;
import io.sluice.log.zookeeper.ZooKeeperTls;
import java.util.List;
import java.util.Map;

/**
 * The environment variables that say how the function's connections to bookies and ZooKeeper are
 * encrypted: as secrets of Secrets Manager, or files in its zip or in a layer below {@code /opt}.
 */
final class FunctionTls {

  static final String BOOKIES_CERTIFICATE = "SLUICE_BOOKKEEPER_TLS_CERTIFICATE";
  static final String BOOKIES_KEY = "SLUICE_BOOKKEEPER_TLS_KEY";
  static final String BOOKIES_CA = "SLUICE_BOOKKEEPER_TLS_CA";
  static final String BOOKIES_NAME = "SLUICE_BOOKKEEPER_TLS_PEER_NAME";
  static final String ZOOKEEPER_CERTIFICATE_AND_KEY = "SLUICE_ZOOKEEPER_TLS_CERTIFICATE_AND_KEY";
  static final String ZOOKEEPER_CA = "SLUICE_ZOOKEEPER_TLS_CA";
  static final String ZOOKEEPER_ACL = "SLUICE_ZOOKEEPER_TLS_ACL";

  /** Those that name files, or {@linkplain FunctionSecrets secrets} for them. */
  static final List<String> FILES =
      List.of(
          BOOKIES_CERTIFICATE,
          BOOKIES_KEY,
          BOOKIES_CA,
          ZOOKEEPER_CERTIFICATE_AND_KEY,
          ZOOKEEPER_CA);

  /** What the documentation says of each variable. */
  static final List<OptionDoc> DOCS =
      List.of(
          doc(BOOKIES_CERTIFICATE, "path", "Certificate that bookies are shown. Empty: no TLS."),
          doc(BOOKIES_KEY, "path", "Its key, PKCS #8."),
          doc(BOOKIES_CA, "path", "CAs of the bookies' certificates."),
          doc(BOOKIES_NAME, "host name", "Name that the certificates of all bookies have."),
          doc(ZOOKEEPER_CERTIFICATE_AND_KEY, "path", "Certificate for ZooKeeper, and its key."),
          doc(ZOOKEEPER_CA, "path", "CAs of ZooKeeper's certificates."),
          doc(ZOOKEEPER_ACL, "true, false", "Whether nodes are made for the cluster alone."));

  private FunctionTls() {}

  /**
   * Reads how bookies are talked to.
   *
   * @throws IllegalArgumentException if one variable is missing beside others
   */
  static BookKeeperTls bookies(Map<String, String> variables) {
    return new BookKeeperTls(
        variables.getOrDefault(BOOKIES_CERTIFICATE, ""),
        variables.getOrDefault(BOOKIES_KEY, ""),
        variables.getOrDefault(BOOKIES_CA, ""),
        variables.getOrDefault(BOOKIES_NAME, ""));
  }

  /**
   * Reads how ZooKeeper is talked to.
   *
   * @throws IllegalArgumentException if one variable is missing beside others, or is wrong
   */
  static ZooKeeperTls zooKeeper(Map<String, String> variables) {
    String acl = variables.getOrDefault(ZOOKEEPER_ACL, "false");
    if (!acl.equals("true") && !acl.equals("false")) {
      throw new IllegalArgumentException(
          "environment variable " + ZOOKEEPER_ACL + " must be true or false: '" + acl + "'");
    }
    return new ZooKeeperTls(
        variables.getOrDefault(ZOOKEEPER_CERTIFICATE_AND_KEY, ""),
        variables.getOrDefault(ZOOKEEPER_CA, ""),
        acl.equals("true"));
  }

  private static OptionDoc doc(String name, String values, String text) {
    return new OptionDoc(name, values, "", text);
  }
}
