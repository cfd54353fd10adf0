package io.sluice.testing.tidy;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/** A Java source in memory, as the compiler's parser wants it. */
final class SourceFile extends SimpleJavaFileObject {

  private final String path;
  private final String text;

  /**
   * @param path relative to the repository's root, with slashes
   * @param text the whole file
   */
  SourceFile(String path, String text) {
    super(URI.create("memory:///" + path), Kind.SOURCE);
    this.path = path;
    this.text = text;
  }

  String path() {
    return path;
  }

  String text() {
    return text;
  }

  /** Returns whether only tests use this file. */
  boolean isTest() {
    return path.contains("/src/test/") || path.startsWith("testing/");
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return text;
  }
}
