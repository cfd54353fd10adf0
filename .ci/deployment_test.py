"""What deployment.py tells of rows that are missing, or there twice."""
import datetime
import unittest

from deployment import Feed, compare, digest, text

ROWS = ["1,UA\n", "2,NA\n", "2,NA\n"]


class DeploymentTest(unittest.TestCase):
    def test_the_order_of_rows_is_nothing(self):
        self.assertEqual(digest(ROWS), digest(ROWS[::-1]))
        compare("it", ROWS[::-1], ROWS)

    def test_a_missing_row_is_told(self):
        self.assert_told(ROWS[1:], "it has 2 rows, not 3: it lacks 1, as ['1,UA\\n']")

    def test_a_row_that_is_there_once_and_not_twice_is_told(self):
        self.assert_told(ROWS[:2], "it lacks 1, as ['2,NA\\n']")

    def test_a_row_that_is_there_twice_is_told(self):
        self.assert_told([*ROWS, ROWS[0]], "has 1 that aren't in the CSV, or there fewer times, as ['1,UA\\n']")

    def test_cells_are_as_the_csv_has_them(self):
        self.assertEqual(text(None), "NA")
        self.assertEqual(text(-3), "-3")
        self.assertEqual(text(datetime.datetime(2013, 1, 1, 10, tzinfo=datetime.timezone.utc)), "2013-01-01T10:00:00Z")

    def test_a_writer_gets_each_row_once_and_no_more_than_it_may(self):
        given, rows = [], [f"{i}\n" for i in range(2_500)]
        feed = Feed(rows, given.extend)
        feed.may(50)
        feed.start()
        feed.end()
        self.assertEqual(given, rows)

    def assert_told(self, found, message):
        with self.assertRaises(AssertionError) as told:
            compare("it", found, ROWS)
        self.assertIn(message, str(told.exception))


if __name__ == "__main__":
    unittest.main()
