package io.sluice.bench.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** One node of Kafka, broker and KRaft controller in one process, with its own defaults. */
final class KafkaNode {

  private static final long START_SECONDS = 120;

  /** Runs until it is stopped. The argument is the folder of its data. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int port = freePort();
    Path properties = folder.resolve("server.properties");
    Files.write(properties, settings(folder, port, freePort()), UTF_8);
    int status =
        StorageTool.execute(
            new String[] {
              "format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString()
            },
            System.err);
    if (status != 0) {
      throw new IllegalStateException("the data folder could not be formatted: " + status);
    }
    Thread node = new Thread(() -> Kafka.main(new String[] {properties.toString()}), "kafka");
    node.start();
    awaitListening(port);
    System.out.println("ready bootstrap=127.0.0.1:" + port);
    System.out.flush();
    node.join();
  }

  private static List<String> settings(Path folder, int port, int controllerPort) {
    return List.of(
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
        "controller.listener.names=CONTROLLER",
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs=" + folder.resolve("log"),
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=1",
        "group.initial.rebalance.delay.ms=0",
        "auto.create.topics.enable=false");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListening(int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new IOException("Kafka did not listen in " + START_SECONDS + " s", e);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private KafkaNode() {}
}
