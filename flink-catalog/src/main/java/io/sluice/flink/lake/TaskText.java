package io.sluice.flink.lake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ScanTaskParser;

/**
 * Iceberg's file scan tasks as text: its JSON, or what Java makes of the object, in Base64 after a
 * prefix. Iceberg writes JSON of numbers that are infinite or none, in partitions or filters, which
 * it refuses to read.
 */
final class TaskText {

  private static final String JAVA = "java:";

  /** Returns a task as text. */
  static String of(FileScanTask task) {
    String json = ScanTaskParser.toJson(task);
    return json.contains("\"NaN\"") || json.contains("Infinity\"") ? java(task) : json;
  }

  /**
   * Returns the task that a text is of.
   *
   * @throws IOException if it was made with another version of Iceberg that can't be read
   */
  static FileScanTask read(String text) throws IOException {
    if (!text.startsWith(JAVA)) {
      return ScanTaskParser.fromJson(text, true);
    }
    byte[] bytes = Base64.getDecoder().decode(text.substring(JAVA.length()));
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (FileScanTask) in.readObject();
    } catch (ClassNotFoundException | IOException e) {
      throw new IOException("a part of the read can't be restored; run the query again: " + e, e);
    }
  }

  private static String java(FileScanTask task) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(task);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JAVA + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private TaskText() {}
}
