package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.ClientSettings;
import io.sluice.client.Credentials;
import io.sluice.client.SluiceClient;
import io.sluice.gateway.auth.AuthSettings;
import io.sluice.gateway.auth.Grants;
import io.sluice.gateway.auth.Secrets;
import io.sluice.gateway.auth.Token;
import io.sluice.gateway.tls.TlsSettings;
import io.sluice.testing.tls.TestAuthority;
import io.sluice.testing.tls.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Flink on a gateway with TLS, client certificates and tokens: log and lake, written and read. */
@Timeout(300)
class SecuredGatewayIT {

  private static final String SECRET = "sluice_flink";
  private static final String READER = "sluice_reader";

  @RegisterExtension static final MiniClusterExtension FLINK = Town.flink();

  @TempDir private Path folder;

  @Test
  void rowsOfLogAndLakeAreThoseThatWereWritten() throws Exception {
    TestCertificate own = TestCertificate.create(folder, "own", "dns:localhost,ip:127.0.0.1");
    String ca = own.certificate().toString();
    Grants grants = Grants.parse(List.of("default:admin"));
    Token token = new Token("flink", Secrets.hash(SECRET), grants, Optional.empty());
    Path tokens = Files.writeString(folder.resolve("tokens"), token.line());
    Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    TestAuthority clients = TestAuthority.create(folder, "clients");
    TestCertificate shown = clients.issue("flink");
    TlsSettings tls =
        new TlsSettings(ca, own.key().toString(), clients.certificate().toString(), ca, "");
    try (Town town =
        new Town(
            Files.createDirectory(folder.resolve("lake")),
            settings -> settings.with(tls).with(new AuthSettings(tokens.toString())))) {
      String address = "grpc+tls://" + town.endpoint();
      String trusted = tls(own, shown, shown);
      TableEnvironment sql = catalog(address, "'token-file'='" + secret + "', " + trusted);
      sql.executeSql("CREATE TABLE t (n BIGINT)");
      sql.executeSql("INSERT INTO t VALUES (1), (2)").await();
      ClientSettings settings = ClientSettings.of(address).with(Credentials.token(SECRET));
      settings =
          settings.with(
              settings
                  .security()
                  .withCa(ca)
                  .withCertificate(shown.certificate().toString(), shown.key().toString()));
      try (SluiceClient client = SluiceClient.connect(settings)) {
        town.compact(client, new TableName("default", "t"));
      }
      sql.executeSql("INSERT INTO t VALUES (3)").await();
      assertThat(Town.rows(sql, "SELECT n FROM t ORDER BY n"))
          .containsExactly(Row.of(1L), Row.of(2L), Row.of(3L));
      assertThat(Town.rows(sql, "SELECT n FROM `t$lake` ORDER BY n"))
          .containsExactly(Row.of(1L), Row.of(2L));
      assertThat(Town.rows(sql, "SHOW CREATE TABLE t").toString()).doesNotContain("token");

      refusesStrangers(address, own, shown);
    }
  }

  @Test
  void whoMayOnlyReadOpensTheCatalogAndReads() throws Exception {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            token("flink", SECRET, "default:admin") + token("reader", READER, "default:read"));
    try (Town town =
        new Town(
            Files.createDirectory(folder.resolve("lake")),
            settings -> settings.with(new AuthSettings(tokens.toString())))) {
      TableEnvironment owner = catalog(town.endpoint(), "'token'='" + SECRET + "'");
      owner.executeSql("CREATE TABLE t (n BIGINT)");
      owner.executeSql("INSERT INTO t VALUES (1), (2)").await();
      ClientSettings settings = ClientSettings.of(town.endpoint());
      try (SluiceClient client = SluiceClient.connect(settings.with(Credentials.token(SECRET)))) {
        town.compact(client, new TableName("default", "t"));
      }
      owner.executeSql("INSERT INTO t VALUES (3)").await();

      TableEnvironment reader = catalog(town.endpoint(), "'token'='" + READER + "'");
      assertThat(Town.rows(reader, "SELECT n FROM t ORDER BY n"))
          .containsExactly(Row.of(1L), Row.of(2L), Row.of(3L));
      assertThatThrownBy(() -> reader.executeSql("INSERT INTO t VALUES (4)").await())
          .hasStackTraceContaining("lacks the scope write on database default");
      String elsewhere = "'token'='" + READER + "', 'default-database'='other'";
      assertRefused(town.endpoint(), elsewhere, "Set 'default-database' to a database that");
    }
  }

  private static String token(String name, String secret, String grants) {
    Grants granted = Grants.parse(List.of(grants));
    return new Token(name, Secrets.hash(secret), granted, Optional.empty()).line() + "\n";
  }

  private static void refusesStrangers(
      String address, TestCertificate gateway, TestCertificate shown) {
    String token = "'token'='" + SECRET + "'";
    String ca = "'tls.ca'='" + gateway.certificate() + "'";
    assertRefused(address, "'token'='sluice_wrong', " + tls(gateway, shown, shown), "isn't known");
    assertRefused(address, token + ", " + ca, "wants a certificate");
    assertRefused(address, ca + ", 'tls.key'='" + shown.key() + "'", "go together");
    assertRefused(address, tls(gateway, shown, gateway), "the key is another certificate's");
    assertRefused(address, token, "isn't trusted");
  }

  private static String tls(TestCertificate ca, TestCertificate certificate, TestCertificate key) {
    return "'tls.ca'='%s', 'tls.certificate'='%s', 'tls.key'='%s'"
        .formatted(ca.certificate(), certificate.certificate(), key.key());
  }

  private static TableEnvironment catalog(String address, String options) {
    TableEnvironment sql = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    sql.getConfig().set("parallelism.default", "2");
    sql.executeSql(
        "CREATE CATALOG sluice WITH ('type'='sluice', 'endpoint'='%s', %s)"
            .formatted(address, options));
    sql.executeSql("USE CATALOG sluice");
    return sql;
  }

  private static void assertRefused(String address, String options, String why) {
    // Flink's own message repeats the statement's options; ours have nothing of them.
    assertThatThrownBy(() -> catalog(address, options))
        .satisfies(
            e ->
                assertThat(ExceptionUtils.findThrowable(e, CatalogException.class))
                    .hasValueSatisfying(
                        ours ->
                            assertThat(ours)
                                .hasMessageContaining(why)
                                .hasMessageNotContaining("sluice_")));
  }
}
