package io.sluice.log.zookeeper;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How connections to ZooKeeper are encrypted, and whose its nodes are. The files are PEM, and read
 * at each connection.
 *
 * @param certificateAndKey file of the certificate that is shown to ZooKeeper, those between it and
 *     its CA, and the certificate's private key (RSA or EC, PKCS #8, without a password), all in
 *     one. Empty: no TLS
 * @param ca file of the CAs whose certificates ZooKeeper's servers may show; theirs must have the
 *     hosts of {@code connectString}
 * @param acl whether nodes are made for those alone whose certificates have the same subject as
 *     this one; then all parts of a cluster need certificates of one subject
 */
public record ZooKeeperTls(String certificateAndKey, String ca, boolean acl) {

  /** No TLS, and nodes that are open to all. */
  public static final ZooKeeperTls NONE = new ZooKeeperTls("", "", false);

  private static final String ACL = "sluice.zookeeper.acl";

  public ZooKeeperTls {
    if (certificateAndKey.isEmpty() != ca.isEmpty()) {
      throw new IllegalArgumentException(
          "TLS with ZooKeeper needs both zookeeper.tls.certificate-and-key and zookeeper.tls.ca");
    }
    if (acl && certificateAndKey.isEmpty()) {
      throw new IllegalArgumentException(
          "zookeeper.tls.acl needs a certificate, by which ZooKeeper knows who made a node");
    }
  }

  /** Returns whether ZooKeeper is talked to by TLS, and in no other way. */
  public boolean enabled() {
    return !certificateAndKey.isEmpty();
  }

  /**
   * Makes all clients of ZooKeeper that this process opens from now on use it. BookKeeper opens
   * clients of its own, which can be told only by the system's properties.
   */
  public void install() {
    if (enabled()) {
      properties().forEach(System::setProperty);
    }
  }

  /** Returns the system's properties that it consists of; none without TLS. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    if (enabled()) {
      properties.put("zookeeper.client.secure", "true");
      properties.put("zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty");
      properties.put("zookeeper.ssl.keyStore.location", certificateAndKey);
      properties.put("zookeeper.ssl.keyStore.type", "PEM");
      properties.put("zookeeper.ssl.trustStore.location", ca);
      properties.put("zookeeper.ssl.trustStore.type", "PEM");
      properties.put(ACL, String.valueOf(acl));
    }
    return properties;
  }

  /**
   * Returns whether nodes that this process makes by BookKeeper are to be closed to others: whether
   * what was {@link #install}ed says so.
   */
  public static boolean nodesAreClosed() {
    return Boolean.getBoolean(ACL);
  }
}
