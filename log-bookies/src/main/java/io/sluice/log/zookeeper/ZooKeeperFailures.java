package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/** What is true after one of ZooKeeper's failures. */
final class ZooKeeperFailures {

  /** Returns whether a read that failed so may be tried again. */
  static boolean passes(Code code) {
    return switch (code) {
      case CONNECTIONLOSS, OPERATIONTIMEOUT, SESSIONEXPIRED, SESSIONMOVED, REQUESTTIMEOUT -> true;
      default -> false;
    };
  }

  /** A read: nothing was changed. */
  static MetadataException read(String what, Code code) {
    return new MetadataException(
        Kind.UNAVAILABLE, what + ": " + words(code), KeeperException.create(code));
  }

  /** A change, of which only ZooKeeper's refusals are known not to be applied. */
  static MetadataException change(String what, Code code) {
    Kind kind =
        switch (code) {
          case NODEEXISTS -> Kind.EXISTS;
          case NONODE -> Kind.MISSING;
          case BADVERSION, NOTEMPTY, NOCHILDRENFOREPHEMERALS -> Kind.CONFLICT;
          default -> Kind.UNKNOWN;
        };
    return new MetadataException(kind, what + ": " + words(code), KeeperException.create(code));
  }

  /** Says what a failure is, and what to do if that isn't plain. */
  static String words(Code code) {
    return code == Code.NOAUTH
        ? "NOAUTH: the node is for those alone whose certificates have the subject of who made it;"
            + " see zookeeper.tls.certificate-and-key"
        : String.valueOf(code);
  }

  private ZooKeeperFailures() {}
}
