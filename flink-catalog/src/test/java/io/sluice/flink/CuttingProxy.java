package io.sluice.flink;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a gateway, and cuts connections at requests that are told by their words. */
final class CuttingProxy implements Closeable {

  /** Where a connection is cut. */
  enum Cut {
    /** The request never arrives. */
    BEFORE,
    /** The gateway acts on it, and its answer never arrives. */
    AFTER
  }

  private static final int BUFFER_BYTES = 1 << 16;

  private final ServerSocket listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
  private final int port;
  private final String words;
  private final Callable<Boolean> acted;
  private final Queue<Cut> cuts = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
  private final AtomicInteger made = new AtomicInteger();

  /**
   * @param port of the gateway
   * @param words that requests have which may be cut
   * @param acted whether the gateway has acted on such a request
   */
  CuttingProxy(int port, String words, Callable<Boolean> acted) throws IOException {
    this.port = port;
    this.words = words;
    this.acted = acted;
    start(this::accept);
  }

  String endpoint() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Has the next request that isn't to be cut yet be cut there. */
  void cutNext(Cut cut) {
    cuts.add(cut);
  }

  /** Returns how many connections were cut. */
  int made() {
    return made.get();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                // A side has ended its connection, or the proxy is closed: both see it themselves.
              }
            },
            "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (!listening.isClosed()) {
      Socket client = listening.accept();
      Socket gateway = new Socket(InetAddress.getLoopbackAddress(), port);
      client.setTcpNoDelay(true);
      gateway.setTcpNoDelay(true);
      open.add(client);
      open.add(gateway);
      if (listening.isClosed()) {
        closeAll();
      }
      start(() -> forth(client, gateway));
      start(() -> back(gateway, client));
    }
  }

  private void forth(Socket client, Socket gateway) throws Exception {
    try (client;
        gateway) {
      InputStream in = client.getInputStream();
      OutputStream out = gateway.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        boolean asked = new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(words);
        Cut cut = asked ? cuts.poll() : null;
        if (cut == Cut.BEFORE) {
          made.incrementAndGet();
          return;
        } else if (cut == Cut.AFTER) {
          silent.add(gateway);
          out.write(buffer, 0, read);
          CopiedTables.await("the gateway has acted", acted);
          made.incrementAndGet();
          return;
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private void back(Socket gateway, Socket client) throws IOException {
    try (gateway;
        client) {
      InputStream in = gateway.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!silent.contains(gateway)) {
          out.write(buffer, 0, read);
        }
      }
    }
  }

  /** Ends all connections, and takes no more. */
  @Override
  public void close() throws IOException {
    listening.close();
    closeAll();
  }

  private void closeAll() throws IOException {
    for (Socket one : open) {
      one.close();
    }
  }
}
