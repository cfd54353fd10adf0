package io.sluice.cli.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the Javadoc of a record's source says of each of its components. */
final class RecordDocs {

  private static final Pattern PARAM =
      Pattern.compile("@param (\\w+) (.*?)(?=@param|@throws|\\z)", Pattern.DOTALL);

  private RecordDocs() {}

  /** Returns the text of each {@code @param} above the record, by its name. */
  static Map<String, String> of(Path source, String record) throws IOException {
    String text = Files.readString(source);
    Matcher declaration = Pattern.compile("\\brecord " + record + "\\(").matcher(text);
    if (!declaration.find()) {
      throw new IllegalArgumentException(source + " has no record " + record);
    }
    int end = text.lastIndexOf("*/", declaration.start());
    String comment = text.substring(text.lastIndexOf("/**", end), end);
    String plain = comment.replaceAll("(?m)^\\s*\\* ?", "");
    Map<String, String> docs = new HashMap<>();
    Matcher param = PARAM.matcher(plain);
    while (param.find()) {
      docs.put(
          param.group(1),
          param
              .group(2)
              .strip()
              .replaceAll("\\s+", " ")
              .replaceAll("\\{@(?:code|link) #?([^}]*)}", "`$1`"));
    }
    return docs;
  }
}
