package io.sluice.testing.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A certificate that signs itself, and so is its own CA, and its key, as PEM files; made by the
 * JDK's keytool.
 *
 * @param certificate file of the certificate
 * @param key file of its key
 */
public record TestCertificate(Path certificate, Path key) {

  private static final int SECONDS = 60;
  private static final String PASSWORD = "changeit";

  /**
   * Makes one that is good for a day.
   *
   * @param name of the files in the folder, without their ends
   * @param names host names, as keytool takes them: {@code dns:localhost,ip:127.0.0.1}
   */
  public static TestCertificate create(Path folder, String name, String names) throws IOException {
    Path store = folder.resolve(name + ".p12");
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "own",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-ext",
            "san=" + names,
            "-validity",
            "1",
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD));
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore made = KeyStore.getInstance("PKCS12");
      made.load(in, PASSWORD.toCharArray());
      return new TestCertificate(
          pem(
              folder.resolve(name + ".crt"),
              "CERTIFICATE",
              made.getCertificate("own").getEncoded()),
          pem(
              folder.resolve(name + ".key"),
              "PRIVATE KEY",
              made.getKey("own", PASSWORD.toCharArray()).getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool made something that can't be read", e);
    }
  }

  /** Puts another certificate in this one's place, file by file, the key first. */
  public void replaceBy(TestCertificate other) throws IOException {
    Files.copy(other.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(other.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path pem(Path file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("keytool takes too long");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "keytool failed: "
              + new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
