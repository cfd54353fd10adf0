package io.sluice.testing.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Walks one parsed file, and adds to the findings what only the syntax tree tells. */
final class TidyScanner extends TreeScanner<@Nullable Void, @Nullable Void> {

  private static final Pattern SLEEP =
      Pattern.compile(
          "(.*\\.)?(Thread|TimeUnit\\.[A-Z]+)\\.sleep|(NANO|MICRO|MILLI)?SECONDS\\.sleep");
  private static final Pattern DISABLED = Pattern.compile("(.*\\.)?(Disabled|Ignore)");
  private static final Pattern EMPTY_NAME =
      Pattern.compile(".*(Manager|Helper|Utils?|Impl|Base|Processor)");

  private final SourceFile file;
  private final CompilationUnitTree unit;
  private final SourcePositions positions;
  private final List<Finding> findings;

  TidyScanner(
      SourceFile file,
      CompilationUnitTree unit,
      SourcePositions positions,
      List<Finding> findings) {
    this.file = file;
    this.unit = unit;
    this.positions = positions;
    this.findings = findings;
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
    if (EMPTY_NAME.matcher(type.getSimpleName()).matches()) {
      add(Rule.NAME, type, type.getSimpleName().toString());
    }
    return super.visitClass(type, null);
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
    if (method.getBody() != null) {
      long lines = line(end(method)) - line(signature(method)) + 1;
      if (lines > Tidy.METHOD_LINES_MAX) {
        String measured = lines + " lines, at most " + Tidy.METHOD_LINES_MAX;
        add(Rule.METHOD_LENGTH, method, method.getName() + " has " + measured);
      }
    }
    return super.visitMethod(method, null);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void unused) {
    String callee = call.getMethodSelect().toString();
    if (file.isTest() && SLEEP.matcher(callee).matches()) {
      add(Rule.SLEEP_IN_TEST, call, callee);
    }
    return super.visitMethodInvocation(call, null);
  }

  @Override
  public @Nullable Void visitAnnotation(AnnotationTree annotation, @Nullable Void unused) {
    if (DISABLED.matcher(annotation.getAnnotationType().toString()).matches()) {
      add(Rule.DISABLED_TEST, annotation, annotation.toString());
    }
    return super.visitAnnotation(annotation, null);
  }

  private void add(Rule rule, Tree where, String what) {
    long line = line(positions.getStartPosition(unit, where));
    findings.add(new Finding(file.path(), rule, "line " + line + ": " + what));
  }

  /** Returns where the method's signature begins: behind its documentation and annotations. */
  private long signature(MethodTree method) {
    long position = positions.getStartPosition(unit, method);
    for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
      position = Math.max(position, end(annotation));
    }
    while (Character.isWhitespace(file.text().charAt((int) position))) {
      position++;
    }
    return position;
  }

  private long end(Tree tree) {
    return positions.getEndPosition(unit, tree);
  }

  private long line(long position) {
    return unit.getLineMap().getLineNumber(position);
  }
}
