package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.testing.tls.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedCasTest {

  @TempDir Path folder;

  @Test
  void theCertificatesOfAFileAreTrusted() throws Exception {
    TestCertificate one = TestCertificate.create(folder, "one", "dns:localhost");
    assertThat(TrustedCas.of(one.certificate()).getProtocol()).isEqualTo("TLS");
  }

  @Test
  void aFileThatHoldsNoCertificatesIsNamed() throws Exception {
    Path file = folder.resolve("ca.crt");
    assertThatThrownBy(() -> TrustedCas.of(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file + " (PEM is needed)");
    for (String text : new String[] {"", "a word"}) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> TrustedCas.of(file))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file + " (PEM is needed)");
    }
  }
}
