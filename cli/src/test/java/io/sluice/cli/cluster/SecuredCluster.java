package io.sluice.cli.cluster;

import io.sluice.client.ClientSecurity;
import io.sluice.client.Credentials;
import io.sluice.gateway.auth.Grants;
import io.sluice.gateway.auth.Secrets;
import io.sluice.gateway.auth.Token;
import io.sluice.log.bookie.Ports;
import io.sluice.log.zookeeper.ZooKeeperTls;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A cluster of processes that speak TLS alone, with a certificate from whoever calls: Apache
 * ZooKeeper's own server, with nodes for the cluster alone, three bookies, autorecovery, two
 * gateways with tokens, and a compactor. All of them show the same certificate, and trust the same
 * file of CAs; both may be replaced while they run. The connections between them can be cut.
 */
public final class SecuredCluster implements AutoCloseable {

  /** What the client's token is. */
  private static final String SECRET = "sluice_secured";

  private static final String[] HOSTS = {"localhost", "127.0.0.1", "127.0.0.2"};
  private static final String SUBJECT = "cluster";

  private final Path folder;
  private final Path ca;
  private final Path cluster;
  private final Path client;
  private final Links links = new Links();
  private final SecuredZooKeeper zooKeeper;
  private final LocalCluster parts;

  /**
   * Starts it, and returns once all parts are ready.
   *
   * @param folder for all data; the caller deletes it
   * @param authority that signs the certificates at first
   */
  public SecuredCluster(Path folder, TestAuthority authority) throws Exception {
    this.folder = folder;
    this.ca = folder.resolve("ca.pem");
    this.cluster = folder.resolve("cluster.pem");
    this.client = folder.resolve("client.pem");
    trust(authority);
    issueBy(authority);
    Grants grants = Grants.parse(List.of("*:admin"));
    Token token = new Token("client", Secrets.hash(SECRET), grants, Optional.empty());
    Files.writeString(folder.resolve("tokens"), token.line());
    List<Integer> ports = Ports.free(6);
    ClusterShape shape = new ClusterShape(2, 3, 1, List.of("--config", settings().toString()));
    ClusterPlan plan = links.layInto(ClusterPlan.of(shape, folder.resolve("data"), ports));
    List<Part> ours =
        plan.parts().stream()
            .filter(part -> part.kind() != PartKind.ZOOKEEPER)
            .map(SecuredCluster::patient)
            .toList();
    this.zooKeeper = SecuredZooKeeper.start(folder.resolve("zookeeper"), ports.get(0), cluster, ca);
    this.parts =
        new LocalCluster(
            new ClusterPlan(plan.folder(), ours),
            part -> List.of(PartKind.C1_ONLY),
            (whole, process) -> {});
    try {
      parts.start();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Autorecovery ends when its session does, and here nobody would start it anew. */
  private static Part patient(Part part) {
    return part.kind() == PartKind.AUTORECOVERY
        ? part.with("--set", "zookeeper.session-timeout=30s")
        : part;
  }

  /** Writes what all parts are told. */
  private Path settings() throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String end : List.of("gateway", "bookie", "bookkeeper")) {
      all.put(end + ".tls.certificate", cluster);
      all.put(end + ".tls.key", cluster);
    }
    for (String trusted :
        List.of("gateway.tls.ca", "gateway.tls.client-ca", "bookie.tls.client-ca")) {
      all.put(trusted, ca);
    }
    all.put("bookkeeper.tls.ca", ca);
    all.put("gateway.auth.tokens", folder.resolve("tokens"));
    all.put("zookeeper.tls.certificate-and-key", cluster);
    all.put("zookeeper.tls.ca", ca);
    all.put("zookeeper.tls.acl", true);
    all.put("gateway.log.add-timeout", "5s");
    List<String> lines = new ArrayList<>();
    all.forEach((key, value) -> lines.add(key + " = " + value));
    return Files.write(folder.resolve("sluice.conf"), lines);
  }

  /** Replaces the CAs that all parts, and the client, trust. */
  public void trust(TestAuthority... authorities) throws IOException {
    StringBuilder all = new StringBuilder();
    for (TestAuthority one : authorities) {
      all.append(Files.readString(one.certificate()));
    }
    replace(ca, all.toString());
  }

  /** Replaces the certificates and keys of all parts, and of the client. */
  public void issueBy(TestAuthority authority) throws IOException {
    replace(cluster, both(authority.issue(SUBJECT, HOSTS)));
    replace(client, both(authority.issue("client")));
  }

  private static String both(TestCertificate own) throws IOException {
    return Files.readString(own.certificate()) + Files.readString(own.key());
  }

  /** A reader sees the old file or the new one, whole. */
  private static void replace(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Resets all connections between the parts, and those of clients to gateways. */
  public void cut() {
    links.all().values().forEach(TcpLink::cut);
    links.all().values().forEach(TcpLink::mend);
  }

  /** Returns how a client knows the gateways, and they it. */
  public ClientSecurity security() {
    return stranger().withCertificate(client.toString(), client.toString());
  }

  /** Returns the same without a certificate. */
  public ClientSecurity stranger() {
    return ClientSecurity.NONE.withTls(true).withCa(ca.toString()).with(Credentials.token(SECRET));
  }

  /** Returns how the parts know ZooKeeper, and it them. */
  public ZooKeeperTls zooKeeperTls() {
    return new ZooKeeperTls(cluster.toString(), ca.toString(), true);
  }

  /** Returns the gateways' {@code host:port}, in order. */
  public List<String> gateways() {
    return parts.plan().parts(PartKind.GATEWAY).stream().map(Part::address).toList();
  }

  /** Returns ZooKeeper's {@code host:port}. */
  public String zooKeeper() {
    return zooKeeper.address();
  }

  /** Ends a part as a power cut would. */
  public void kill(String part) throws InterruptedException {
    PartProcess process = parts.process(part);
    process.kill();
    if (!process.onExit().orTimeout(30, TimeUnit.SECONDS).thenApply(e -> true).join()) {
      throw new AssertionError(part + " didn't end");
    }
  }

  /** Starts a part again that has ended; waits until it is ready. */
  public void restart(String part) throws IOException {
    var unused = parts.restart(part);
  }

  /** Returns the process ids of the parts that live, ZooKeeper's among them. */
  public List<Long> pids() {
    List<Long> all = new ArrayList<>();
    parts.processes().stream().filter(PartProcess::isAlive).map(PartProcess::pid).forEach(all::add);
    if (zooKeeper.isAlive()) {
      all.add(zooKeeper.pid());
    }
    return all;
  }

  /** Returns the end of what each part has said. */
  public String lastLines() throws IOException {
    StringBuilder all = new StringBuilder("zookeeper\n" + zooKeeper.lastLines());
    for (PartProcess process : parts.processes()) {
      all.append("\n--- ").append(process.part().name()).append('\n').append(process.lastLines());
    }
    return all.toString();
  }

  /** Kills all that is left of it. */
  @Override
  public void close() throws IOException {
    links.close();
    try {
      parts.killAll();
    } finally {
      zooKeeper.close();
    }
  }
}
