package io.sluice.bench.peers;

/** What a server process says of where it is, such as {@code gateway=… zookeeper=…}. */
final class Address {

  /** Returns one of the words of an address. */
  static String part(String address, String name) {
    for (String word : address.split(" ", -1)) {
      if (word.startsWith(name + "=")) {
        return word.substring(name.length() + 1);
      }
    }
    throw new IllegalArgumentException("no '" + name + "' in '" + address + "'");
  }

  private Address() {}
}
