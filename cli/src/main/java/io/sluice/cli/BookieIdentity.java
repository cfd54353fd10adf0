package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a bookie, kept in the file {@code bookie-id} of its data folder: two bookies of
 * one name, or one of another's name, would be lost rows.
 */
final class BookieIdentity {

  /** The setting that names it. */
  static final String SETTING = "bookie.bookie-id";

  private static final String FILE = "bookie-id";

  private BookieIdentity() {}

  /**
   * Returns the identity of a folder. One without gets the one that is given, or a new one.
   *
   * @param given what it must be, or null for whatever it is
   * @throws CommandException if it is another one
   */
  static String of(Path folder, @Nullable String given) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file) || Files.readString(file).isBlank()) {
      String id = given == null ? "bookie-" + UUID.randomUUID().toString().substring(0, 8) : given;
      WholeFile.write(file, id);
      return id;
    }
    String found = Files.readString(file).strip();
    if (given != null && !given.equals(found)) {
      throw new CommandException(
          folder
              + " is bookie "
              + found
              + "'s, not "
              + given
              + "'s: leave --id out, or name another data folder");
    }
    return found;
  }
}
