package io.sluice.log.bookie.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What is wrong when a bookie and its client don't agree on TLS, and what to do. */
public final class HandshakeAdvice {

  private HandshakeAdvice() {}

  /**
   * Says why a handshake failed.
   *
   * @param ca the setting that names the CAs of the other end
   * @param own the setting that names the own certificate
   */
  public static String of(Throwable failure, String ca, String own) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
      String message = String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT);
      if (each instanceof CertificateExpiredException) {
        return "its certificate has expired: renew it; no restart is needed";
      }
      if (each instanceof CertificateNotYetValidException) {
        return "its certificate isn't valid yet: see that the clocks are right";
      }
      if (each instanceof CertPathBuilderException || message.contains("path validation failed")) {
        // An expired certificate hides behind the latter.
        if (each.getCause() == null) {
          return "its certificate is of none of the CAs in the file that " + ca + " names";
        }
      }
      if (message.contains("subject alternative") || message.contains("no name matching")) {
        return "its certificate is for other host names ("
            + each.getMessage()
            + "): give it one for the host that it advertises, or set bookkeeper.tls.peer-name to"
            + " a name that the certificates of all bookies have";
      }
      if (message.contains("received fatal alert: certificate_expired")) {
        return "it says that our certificate, which " + own + " names, has expired: renew it";
      }
      if (message.contains("received fatal alert")) {
        return "it doesn't take our certificate, which "
            + own
            + " names ("
            + each.getMessage()
            + "): see that it is of a CA that the other end trusts, and valid";
      }
      if (message.contains("empty client certificate chain")
          || message.contains("empty server certificate chain")) {
        return "it shows no certificate, or has none of the CAs in the file that "
            + ca
            + " names: see bookkeeper.tls.certificate there";
      }
    }
    return "it ended the handshake, or doesn't speak TLS: " + failure.getMessage();
  }
}
