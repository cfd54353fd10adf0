package io.sluice.compactor.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Brings values of Secrets Manager into files of the function's own, as certificates and keys are
 * used from files. A variable for a file may have {@code secretsmanager:ID} instead of a path. New
 * values are looked for once a minute, when the function runs. Not thread-safe: an instance of the
 * function has one invocation at a time.
 */
final class FunctionSecrets {

  /** What a variable's value begins with that names a secret, not a file. */
  static final String PREFIX = "secretsmanager:";

  private static final Logger LOG = LoggerFactory.getLogger(FunctionSecrets.class);
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** Where values are. */
  interface Source {

    /**
     * Returns the value of a secret, a text that isn't blank.
     *
     * @throws IOException if there is none, or it can't be read; the message says why and never has
     *     a value
     */
    String value(String id) throws IOException;
  }

  private final Source source;
  private final Path folder;
  private final Map<String, String> known = new LinkedHashMap<>();
  private @Nullable Instant looked;

  /**
   * @param folder where the files are to be, made if it is missing; nobody else may read them
   */
  FunctionSecrets(Source source, Path folder) {
    this.source = source;
    this.folder = folder;
  }

  /** Returns those of the function that runs here, which asks AWS once a variable needs it. */
  static FunctionSecrets of(Map<String, String> variables) {
    String region = variables.getOrDefault("AWS_REGION", "us-east-1");
    return new FunctionSecrets(
        new SecretReader(
            SecretReader.endpoint(variables, region),
            region,
            () -> DefaultCredentialsProvider.builder().build()),
        Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "sluice-secrets"));
  }

  /**
   * Returns the variables with files in the place of secrets, whose values it fetches.
   *
   * @param now the time
   * @throws IOException if one can't be fetched; the message names it
   */
  Map<String, String> files(Map<String, String> variables, Instant now) throws IOException {
    Map<String, String> files = new HashMap<>(variables);
    for (String name : FunctionTls.FILES) {
      String value = variables.getOrDefault(name, "");
      if (value.startsWith(PREFIX)) {
        String id = value.substring(PREFIX.length());
        if (id.isBlank()) {
          throw new IllegalArgumentException(
              "environment variable " + name + " must name a secret after " + PREFIX);
        }
        if (!known.containsKey(id)) {
          bring(id);
        }
        files.put(name, file(id).toString());
      }
    }
    if (looked == null) {
      looked = now;
    }
    return files;
  }

  /**
   * Fetches again what was fetched, if that was a minute ago. What can't be fetched stays as it
   * was.
   *
   * @param now the time
   */
  void refresh(Instant now) {
    Instant before = looked;
    if (known.isEmpty() || before == null || now.isBefore(before.plus(FRESH))) {
      return;
    }
    looked = now;
    for (String id : known.keySet().toArray(new String[0])) {
      try {
        bring(id);
      } catch (IOException e) {
        LOG.warn("What was read of the secret {} before stays in use", id, e);
      }
    }
  }

  private void bring(String id) throws IOException {
    String value = source.value(id);
    if (value.equals(known.get(id))) {
      return;
    }
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    try {
      Files.createDirectory(folder, owner);
    } catch (FileAlreadyExistsException e) {
      // By an earlier secret, or an earlier process of the same sandbox.
      LOG.debug("{} is there", folder, e);
    }
    Path next = Files.createTempFile(folder, "next", "");
    Files.writeString(next, value, UTF_8);
    Files.move(next, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    known.put(id, value);
  }

  private Path file(String id) {
    return folder.resolve(URLEncoder.encode(id, UTF_8));
  }
}
