package io.sluice.testing.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;

/**
 * A CA, and certificates that it signs, as PEM files. Unlike {@link TestCertificate}, whose
 * certificates are CAs themselves and so are trusted for ever, these may have expired. They are
 * written byte by byte (RFC 5280): the JDK reads certificates but makes none within a program.
 */
public final class TestAuthority {

  private static final Duration DAY = Duration.ofDays(1);
  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_ID = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;
  private static final int DNS_NAME = 0x82;
  private static final int ADDRESS = 0x87;

  private static final byte[] ECDSA_WITH_SHA256 =
      der(SEQUENCE, der(OBJECT_ID, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2)));
  private static final byte[] COMMON_NAME = der(OBJECT_ID, bytes(0x55, 4, 3));
  private static final byte[] SUBJECT_ALTERNATIVE_NAME = der(OBJECT_ID, bytes(0x55, 0x1d, 0x11));
  private static final byte[] BASIC_CONSTRAINTS = der(OBJECT_ID, bytes(0x55, 0x1d, 0x13));
  private static final byte[] TRUE = bytes(1, 1, 0xff);

  private final Path folder;
  private final String name;
  private final PrivateKey key;
  private final Path certificate;

  private TestAuthority(Path folder, String name, PrivateKey key, Path certificate) {
    this.folder = folder;
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * Makes one.
   *
   * @param folder where its files, and those of the certificates that it signs, are written
   * @param name its own, and that of its file without the end
   */
  public static TestAuthority create(Path folder, String name) throws IOException {
    try {
      KeyPair pair = newPair();
      byte[] isCa = extension(BASIC_CONSTRAINTS, true, der(SEQUENCE, TRUE));
      Instant start = Instant.now().minus(DAY);
      byte[] own = signed(name, name, pair.getPublic(), pair.getPrivate(), start, isCa);
      Path file = pem(folder.resolve(name + ".crt"), "CERTIFICATE", own);
      return new TestAuthority(folder, name, pair.getPrivate(), file);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the file of its own certificate. */
  public Path certificate() {
    return certificate;
  }

  /**
   * Signs a certificate that is good for a day and more.
   *
   * @param subject its name, and that of its files without their ends
   * @param hosts host names and IPv4 addresses that it is for
   */
  public TestCertificate issue(String subject, String... hosts) throws IOException {
    return issue(subject, Instant.now().minus(DAY), hosts);
  }

  /** Signs a certificate that ended yesterday. */
  public TestCertificate issueExpired(String subject, String... hosts) throws IOException {
    return issue(subject, Instant.now().minus(DAY.multipliedBy(4)), hosts);
  }

  private TestCertificate issue(String subject, Instant start, String... hosts) throws IOException {
    byte[][] names = new byte[hosts.length][];
    for (int i = 0; i < hosts.length; i++) {
      names[i] =
          hosts[i].matches("[0-9.]+")
              ? der(ADDRESS, InetAddress.getByName(hosts[i]).getAddress())
              : der(DNS_NAME, hosts[i].getBytes(StandardCharsets.US_ASCII));
    }
    try {
      KeyPair pair = newPair();
      byte[] extension = extension(SUBJECT_ALTERNATIVE_NAME, false, der(SEQUENCE, names));
      byte[] signed = signed(name, subject, pair.getPublic(), key, start, extension);
      return new TestCertificate(
          pem(folder.resolve(subject + ".crt"), "CERTIFICATE", signed),
          pem(folder.resolve(subject + ".key"), "PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] signed(
      String issuer,
      String subject,
      PublicKey holder,
      PrivateKey signer,
      Instant start,
      byte[] extension)
      throws GeneralSecurityException {
    byte[] serial = new byte[8];
    new SecureRandom().nextBytes(serial);
    serial[0] = 1;
    byte[] content =
        der(
            SEQUENCE,
            der(VERSION, der(INTEGER, bytes(2))),
            der(INTEGER, serial),
            ECDSA_WITH_SHA256,
            distinguished(issuer),
            der(SEQUENCE, time(start), time(start.plus(DAY.multipliedBy(3)))),
            distinguished(subject),
            holder.getEncoded(),
            der(EXTENSIONS, der(SEQUENCE, extension)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(signer);
    signature.update(content);
    return der(SEQUENCE, content, ECDSA_WITH_SHA256, der(BIT_STRING, bytes(0), signature.sign()));
  }

  private static byte[] distinguished(String commonName) {
    byte[] text = commonName.getBytes(StandardCharsets.UTF_8);
    return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, text))));
  }

  private static byte[] time(Instant instant) {
    return der(TIME, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(byte[] id, boolean critical, byte[] value) {
    byte[] wrapped = der(OCTET_STRING, value);
    return critical ? der(SEQUENCE, id, TRUE, wrapped) : der(SEQUENCE, id, wrapped);
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      out.write(length < 0x100 ? 0x81 : 0x82);
      if (length >= 0x100) {
        out.write(length >> 8);
      }
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static Path pem(Path file, String type, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }
}
