package io.sluice.testing.tidy;

/** What a source file may not do, and what its author should do instead. */
enum Rule {
  FILE_LENGTH("split the file: it does more than one thing"),
  METHOD_LENGTH("split the method: branch in the parent, compute in the leaves"),
  SLEEP_IN_TEST("wait on a future or a condition with a limit"),
  UNFINISHED("finish it, or say in the docs that it is a limit"),
  DISABLED_TEST("repair the test, or delete it"),
  NAME("name what it does: a noun that does one verb"),
  NULL_MARKED("add a package-info.java with @NullMarked");

  private final String remedy;

  Rule(String remedy) {
    this.remedy = remedy;
  }

  String remedy() {
    return remedy;
  }
}
