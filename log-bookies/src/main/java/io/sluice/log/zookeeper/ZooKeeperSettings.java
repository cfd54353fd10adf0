package io.sluice.log.zookeeper;

import java.time.Duration;

/**
 * How a metadata store on ZooKeeper is reached.
 *
 * @param connectString {@code host:port}, several separated by {@code ,}
 * @param chroot the node below which everything is, for example {@code /sluice}; made if missing
 * @param sessionTimeout time after which ZooKeeper forgets a client that it doesn't hear from; it
 *     may grant another one
 * @param callTimeout longest wait for a call's answer, reconnecting included
 * @param tls how its connections are encrypted
 */
public record ZooKeeperSettings(
    String connectString,
    String chroot,
    Duration sessionTimeout,
    Duration callTimeout,
    ZooKeeperTls tls) {

  private static final Duration LEAST = Duration.ofMillis(100);

  public ZooKeeperSettings {
    if (connectString.isBlank() || connectString.contains("/")) {
      throw new IllegalArgumentException(
          "connectString must be host:port[,host:port...]: '" + connectString + "'");
    }
    if (!chroot.matches("(/[A-Za-z0-9._-]+)+")) {
      throw new IllegalArgumentException("chroot must be like /sluice: '" + chroot + "'");
    }
    if (sessionTimeout.compareTo(LEAST) < 0 || callTimeout.compareTo(LEAST) < 0) {
      throw new IllegalArgumentException(
          "timeouts must be at least " + LEAST + ": " + sessionTimeout + ", " + callTimeout);
    }
  }

  /**
   * Returns the usual settings: 10 s for the session, and 15 s for a call, which may outlive it.
   */
  public static ZooKeeperSettings of(String connectString) {
    return new ZooKeeperSettings(
        connectString,
        "/sluice",
        Duration.ofSeconds(10),
        Duration.ofSeconds(15),
        ZooKeeperTls.NONE);
  }

  /** Settings without TLS. */
  public ZooKeeperSettings(
      String connectString, String chroot, Duration sessionTimeout, Duration callTimeout) {
    this(connectString, chroot, sessionTimeout, callTimeout, ZooKeeperTls.NONE);
  }

  /** Returns these settings for another ZooKeeper. */
  public ZooKeeperSettings withConnectString(String other) {
    return new ZooKeeperSettings(other, chroot, sessionTimeout, callTimeout, tls);
  }
}
