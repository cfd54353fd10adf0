package io.sluice.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Passes TCP connections on to a server, and counts the bytes that come back. */
final class CountingRelay implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final ServerSocket listening;
  private final String host;
  private final int port;
  private final AtomicLong bytes = new AtomicLong();

  private CountingRelay(ServerSocket listening, String host, int port) {
    this.listening = listening;
    this.host = host;
    this.port = port;
  }

  /** Returns one that listens on a free port of 127.0.0.1. */
  static CountingRelay to(String server) throws IOException {
    int colon = server.lastIndexOf(':');
    ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    CountingRelay relay =
        new CountingRelay(
            listening, server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    inBackground(relay::accept);
    return relay;
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Returns the bytes that came from the server so far. */
  long bytes() {
    return bytes.get();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void inBackground(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One side has closed its connection, so this is over; the client sees it itself.
              }
            },
            "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket server = new Socket(host, port);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      inBackground(() -> pass(client, server, new AtomicLong()));
      inBackground(() -> pass(server, client, bytes));
    }
  }

  private static void pass(Socket from, Socket to, AtomicLong count) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        count.addAndGet(read);
        out.write(buffer, 0, read);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
