"""How flink_docs.py reads a page: python3 -m unittest discover -s .ci -p '*_test.py'."""
import unittest

from flink_docs import blocks, one_spaced, statements

PAGE = """
<!-- flink-docs: before
CREATE TABLE t (a INT);
-->
<!-- flink-docs: prints: 1 | 2 -->
<!-- flink-docs: skip on 1.20: no such thing -->
```sql
SELECT 1;
```

```sh
SELECT 'not SQL';
```

```sql
SELECT 2
```
"""


class StatementsTest(unittest.TestCase):
    def test_semicolons_in_strings_and_names_divide_nothing(self):
        self.assertEqual(statements("SELECT ';', 'it''s;' FROM `a;b`; SELECT 2"), ["SELECT ';', 'it''s;' FROM `a;b`", "SELECT 2"])

    def test_comments_go_and_hints_stay(self):
        text = "-- one; it's\nSELECT a - 1 / 2 /* two; */ FROM t /*+ OPTIONS('a'='b') */; -- three"
        self.assertEqual(statements(text), ["SELECT a - 1 / 2  FROM t /*+ OPTIONS('a'='b') */"])

    def test_a_statement_set_is_one(self):
        text = "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END; SELECT 3;"
        self.assertEqual(len(statements(text)), 2)


class BlocksTest(unittest.TestCase):
    def test_marks_belong_to_the_block_that_follows(self):
        first, second = blocks(PAGE, "2.3.0")
        self.assertEqual((first.before, first.prints, first.skip, first.line), (["CREATE TABLE t (a INT)"], ["1 | 2"], None, 7))
        self.assertEqual((second.statements, second.before, second.prints), (["SELECT 2"], [], []))

    def test_a_version_is_skipped_by_how_it_begins(self):
        self.assertEqual(next(blocks(PAGE, "1.20.3")).skip, "no such thing")
        self.assertIsNone(next(blocks(PAGE, "1.2.0")).skip)

    def test_a_mark_without_reason_or_of_no_kind_or_of_no_block_is_refused(self):
        for page in ("<!-- flink-docs: skip: -->\n```sql\nSELECT 1\n```", "<!-- flink-docs: slip: x -->\n```sql\nSELECT 1\n```", "<!-- flink-docs: skip: x -->"):
            with self.assertRaises(AssertionError):
                list(blocks(page, "2.3.0"))


class PrintedTest(unittest.TestCase):
    def test_runs_of_spaces_count_as_one(self):
        self.assertEqual(one_spaced("|   1 |\n|  2 |"), "| 1 |\n| 2 |")


if __name__ == "__main__":
    unittest.main()
