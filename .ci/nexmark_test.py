"""How nexmark.py makes its events and compares answers: python3 -m unittest discover -s .ci -p '*_test.py'."""
import collections
import datetime
import json
import unittest

from nexmark import difference
from nexmark_events import FIRST_ID, GAP_MS, START, Events, event_line, line
from nexmark_queries import QUERIES

COUNT = 20_000


class EventsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.events = list(Events(COUNT))

    def of(self, kind):
        return [value for each, value in self.events if each == kind]

    def test_a_seed_gives_the_same_bytes_each_time_and_another_seed_others(self):
        first, second, other = ("".join(event_line(*event) for event in Events(2_000, seed)) for seed in (7, 7, 8))
        self.assertEqual(first, second)
        self.assertNotEqual(first, other)

    def test_of_fifty_events_one_is_a_person_and_three_are_auctions(self):
        self.assertEqual([len(self.of(kind)) for kind in range(3)], [COUNT // 50, COUNT // 50 * 3, COUNT // 50 * 46])

    def test_a_count_that_ends_within_a_round_is_kept(self):
        self.assertEqual([kind for kind, _ in Events(3)], [0, 1, 1])
        self.assertEqual(len(list(Events(53))), 53)

    def test_ids_count_up_and_are_there_before_they_are_named(self):
        persons = auctions = FIRST_ID
        for kind, value in self.events:
            if kind == 0:
                self.assertEqual(value["id"], persons)
                persons += 1
            elif kind == 1:
                self.assertEqual(value["id"], auctions)
                self.assertIn(value["seller"], range(FIRST_ID, persons))
                auctions += 1
            else:
                self.assertIn(value["auction"], range(FIRST_ID, auctions))
                self.assertIn(value["bidder"], range(FIRST_ID, persons))

    def test_times_are_apart_and_out_of_order_by_less_than_a_second(self):
        times = [datetime.datetime.fromisoformat(value["dateTime"]) for _, value in self.events]
        self.assertEqual(sorted(times), [START + datetime.timedelta(milliseconds=GAP_MS * i) for i in range(COUNT)])
        latest, late = times[0], 0
        for time in times:
            self.assertLess(latest - time, datetime.timedelta(seconds=1))
            late += time < latest
            latest = max(latest, time)
        self.assertGreater(late, COUNT // 10)

    def test_some_are_hot(self):
        for field in ("auction", "bidder"):
            most = collections.Counter(bid[field] for bid in self.of(2)).most_common(3)
            self.assertTrue(all(id % 100 == (field == "bidder") for id, _ in most), most)

    def test_auctions_last_and_prices_are_positive(self):
        for auction in self.of(1):
            self.assertGreater(auction["expires"], auction["dateTime"])
            self.assertGreater(auction["reserve"], auction["initialBid"])
        self.assertTrue(all(100 <= bid["price"] <= 10**8 for bid in self.of(2)))

    def test_an_event_has_one_of_three_fields(self):
        for kind, value in self.events[:60]:
            fields = json.loads(event_line(kind, value))
            self.assertEqual(fields.pop("event_type"), kind)
            self.assertEqual([each for each in fields.values() if each is not None], [json.loads(line(value))])


class DifferenceTest(unittest.TestCase):
    def test_equal_answers_have_none(self):
        self.assertIsNone(difference(["a", "b"], ["a", "b"]))

    def test_it_says_what_is_missing_and_what_is_too_many(self):
        self.assertEqual(difference(["a", "a", "c"], ["a", "b", "c"]), "3 rows, not 3; 1 are missing, 1 too many:\n- b\n+ a")

    def test_a_row_that_is_there_twice_counts_twice(self):
        self.assertIn("1 too many", difference(["a", "a"], ["a"]))


class QueriesTest(unittest.TestCase):
    def test_each_has_a_name_of_its_own_and_an_answer_that_is_not_empty(self):
        self.assertEqual(len({query.name for query in QUERIES}), len(QUERIES))
        self.assertTrue(all(query.least > 0 for query in QUERIES))


if __name__ == "__main__":
    unittest.main()
