package io.sluice.log.bookie;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Free TCP ports on loopback. They are below those that an operating system gives to outgoing
 * connections, so that one whose process was killed is still free when it is started again.
 */
public final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 10_000;

  private Ports() {}

  /**
   * Returns as many different free ports.
   *
   * @throws IllegalStateException if there are not that many
   */
  public static List<Integer> free(int count) {
    Random random = new Random();
    List<Integer> ports = new ArrayList<>();
    for (int attempt = 0; ports.size() < count && attempt < ATTEMPTS; attempt++) {
      int port = LOWEST + random.nextInt(HIGHEST - LOWEST);
      if (!ports.contains(port) && isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException("no free ports from " + LOWEST + " to " + HIGHEST);
    }
    return ports;
  }

  /** Returns one free port. */
  public static int free() {
    return free(1).get(0);
  }

  /** Tells whether nobody listens on a port. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
