package io.sluice.log.bookie.tls;

import org.apache.bookkeeper.auth.AuthCallbacks;
import org.apache.bookkeeper.auth.AuthToken;
import org.apache.bookkeeper.auth.BookKeeperPrincipal;
import org.apache.bookkeeper.auth.BookieAuthProvider;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.proto.BookieConnectionPeer;

/**
 * Lets those call a bookie who speak TLS and showed a certificate of its CAs. A bookie with TLS
 * alone would still answer whoever doesn't ask for it. Made by BookKeeper, by its class name.
 */
public final class CertificateRequired implements BookieAuthProvider.Factory {

  @Override
  public void init(ServerConfiguration conf) {}

  @Override
  public String getPluginName() {
    return "certificate";
  }

  @Override
  public BookieAuthProvider newProvider(
      BookieConnectionPeer connection, AuthCallbacks.GenericCallback<Void> done) {
    return new AfterHandshake(connection, done);
  }

  private record AfterHandshake(
      BookieConnectionPeer connection, AuthCallbacks.GenericCallback<Void> done)
      implements BookieAuthProvider {

    /** Called when a handshake has ended, also when it failed. */
    @Override
    public void onProtocolUpgrade() {
      // Without a certificate the handshake has failed; it is asked again what was shown.
      boolean shown = connection.isSecure() && !connection.getProtocolPrincipals().isEmpty();
      if (shown) {
        connection.setAuthorizedId(new BookKeeperPrincipal("certificate"));
      }
      done.operationComplete(
          shown ? BKException.Code.OK : BKException.Code.UnauthorizedAccessException, null);
    }

    /** There is nothing to say beside the certificate. */
    @Override
    public void process(AuthToken message, AuthCallbacks.GenericCallback<AuthToken> answer) {
      answer.operationComplete(BKException.Code.UnauthorizedAccessException, message);
    }
  }
}
