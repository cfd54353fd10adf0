package io.sluice.log.bookie;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A ZooKeeper and a bookie in a JVM of their own, to be killed: {@code main FOLDER}. */
final class StandaloneBookieMain {

  public static void main(String[] args) throws IOException, InterruptedException {
    StandaloneBookie running = StandaloneBookie.start(Path.of(args[0]), 0, BookieSettings.DEFAULT);
    System.out.println(
        "ready zookeeper=" + running.zooKeeper() + " bookie=127.0.0.1:" + running.bookiePort());
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private StandaloneBookieMain() {}
}
