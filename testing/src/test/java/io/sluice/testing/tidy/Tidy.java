package io.sluice.testing.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Holds source files against the rules. The compiler's own parser reads them, so no string or
 * comment is mistaken for code.
 */
final class Tidy {

  static final int FILE_LINES_MAX = 400;
  static final int METHOD_LINES_MAX = 50;

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

  /** Returns what is wrong with {@code files}, in their order. */
  static List<Finding> findings(List<SourceFile> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<Finding> findings = new ArrayList<>();
    if (files.isEmpty()) {
      return findings;
    }
    JavacTask task =
        (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, files);
    Map<String, SourceFile> byName = new HashMap<>();
    files.forEach(file -> byName.put(file.getName(), file));
    for (CompilationUnitTree unit : task.parse()) {
      SourceFile file = byName.get(unit.getSourceFile().getName());
      if (file == null) {
        throw new IllegalStateException("not one of the files: " + unit.getSourceFile().getName());
      }
      lines(file, findings);
      new TidyScanner(file, unit, Trees.instance(task).getSourcePositions(), findings)
          .scan(unit, null);
    }
    return findings;
  }

  private static void lines(SourceFile file, List<Finding> findings) {
    List<String> lines = file.text().lines().toList();
    if (lines.size() > FILE_LINES_MAX) {
      findings.add(
          new Finding(
              file.path(), Rule.FILE_LENGTH, lines.size() + " lines, at most " + FILE_LINES_MAX));
    }
    for (int i = 0; i < lines.size(); i++) {
      if (UNFINISHED.matcher(lines.get(i)).find()) {
        findings.add(new Finding(file.path(), Rule.UNFINISHED, "line " + (i + 1)));
      }
    }
  }

  private Tidy() {}
}
