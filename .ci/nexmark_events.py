"""Events of an auction house for nexmark.py, by Nexmark's model: of fifty events one is a new person, three are auctions and 46 are bids.

The same seed gives the same bytes. Persons sell and bid, most of them a little and a few a lot. No two events have the same time, so that an
order by time is never a matter of chance; events are out of order by less than a second.
"""
import datetime
import json
import random

PERSONS, AUCTIONS, BIDS = 1, 3, 46
ROUND = PERSONS + AUCTIONS + BIDS
FIRST_ID = 1000
FIRST_CATEGORY, CATEGORIES = 10, 5
# 200,000 events see the evening, the night, and the next day.
START = datetime.datetime(2026, 1, 1, 18, 30)
GAP_MS = 100
OUT_OF_ORDER = 8
# How many of the newest persons and auctions are active.
ACTIVE_PERSONS, OPEN_AUCTIONS = 1000, 100
# Of each hundred ids one is hot: the newest such auction gets half of the bids, and the newest such person bids and sells most.
HOT_EVERY, HOT_AUCTION, HOT_PERSON = 100, 0.5, 0.75
FIRST_NAMES = "Ada Emil Ida Jon Kim Lea Max Noa Ola Pia Tom Uma".split()
LAST_NAMES = "Berg Frost Lund Moser Novak Ortiz Rossi Silva Weber Young".split()
CITIES = [("Phoenix", "AZ"), ("Los Angeles", "CA"), ("San Francisco", "CA"), ("Boise", "ID"), ("Portland", "OR"), ("Bend", "OR")]
CITIES += [("Seattle", "WA"), ("Kent", "WA"), ("Redmond", "WA"), ("Cheyenne", "WY")]
SITES = ["Google", "Facebook", "Baidu", "Apple"]
CHANNELS = 10_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Events:
    """`count` events in the order of their arrival: (0, person), (1, auction) or (2, bid), each a dict by the names of Nexmark's fields."""

    def __init__(self, count, seed=1):
        self.count, self.chance = count, random.Random(seed)
        self.persons, self.auctions = 0, 0
        self.letters = "".join(self.chance.choices(LETTERS, k=10_000))

    def __iter__(self):
        waiting = []
        for number in range(self.count):
            waiting.append(self._event(number))
            if len(waiting) == OUT_OF_ORDER or number + 1 == self.count:
                # A person or an auction doesn't come after what names it.
                bids = [event for event in waiting if event[0] == 2]
                self.chance.shuffle(bids)
                yield from [event for event in waiting if event[0] != 2] + bids
                waiting = []

    def _event(self, number):
        at = START + datetime.timedelta(milliseconds=number * GAP_MS)
        place = number % ROUND
        if place < PERSONS:
            return 0, self._person(at)
        if place < PERSONS + AUCTIONS:
            return 1, self._auction(at)
        return 2, self._bid(at)

    def _person(self, at):
        id, chance = FIRST_ID + self.persons, self.chance
        self.persons += 1
        name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
        city, state = chance.choice(CITIES)
        return {
            "id": id,
            "name": name,
            "emailAddress": f"{name.lower().replace(' ', '.')}{id}@example.com",
            "creditCard": " ".join(f"{self._number(10_000):04}" for _ in range(4)),
            "city": city,
            "state": state,
            "dateTime": text(at),
            "extra": self._text(20),
        }

    def _auction(self, at):
        id, chance = FIRST_ID + self.auctions, self.chance
        self.auctions += 1
        initial = self._price()
        # As long as it takes until the newest auctions are others, on average.
        horizon = OPEN_AUCTIONS * ROUND // AUCTIONS * GAP_MS
        return {
            "id": id,
            "itemName": f"{self._text(4)} {id}",
            "description": self._text(60),
            "initialBid": initial,
            "reserve": initial + self._price(),
            "dateTime": text(at),
            "expires": text(at + datetime.timedelta(milliseconds=1 + self._number(2 * horizon))),
            "seller": self._someone(0),
            "category": FIRST_CATEGORY + self._number(CATEGORIES),
            "extra": self._text(30),
        }

    def _bid(self, at):
        chance = self.chance
        channel, url = self._channel()
        return {
            "auction": FIRST_ID + self._newest(self.auctions, OPEN_AUCTIONS, HOT_AUCTION, 0),
            "bidder": self._someone(1),
            "price": self._price(),
            "channel": channel,
            "url": url,
            "dateTime": text(at),
            "extra": self._text(30),
        }

    def _someone(self, hot):
        return FIRST_ID + self._newest(self.persons, ACTIVE_PERSONS, HOT_PERSON, hot)

    def _newest(self, there, active, hotness, hot):
        """The number of one of the last `active` of those that are there, by `hotness` that of the newest hot one."""
        newest = (there - 1) // HOT_EVERY * HOT_EVERY + hot
        if self.chance.random() < hotness and newest < there:
            return newest
        return there - 1 - self._number(min(there, active))

    def _price(self):
        """Prices are even on a logarithmic scale, in cents."""
        return round(100 * 10 ** (6 * self.chance.random()))

    def _channel(self):
        chance, path = self.chance, "/".join(self._text(4) for _ in range(3))
        url = f"https://www.nexmark.example/{path}/item.htm?query=1"
        if chance.random() < 0.5:
            return chance.choice(SITES), url
        number = self._number(CHANNELS)
        # Some of the links forgot whence they came.
        return f"channel-{number}", url + (f"&channel_id={number}" if chance.random() < 0.9 else "")

    def _text(self, length):
        """Some letters; drawing each by itself would take most of the time."""
        begin = self._number(len(self.letters) - length)
        return self.letters[begin : begin + length]

    def _number(self, end):
        """The same as randrange, at a fraction of its time; a bit uneven, which doesn't matter."""
        return int(self.chance.random() * end)


def text(at):
    return at.isoformat(timespec="milliseconds")


def line(value):
    """A value as a line of NDJSON."""
    return json.dumps(value, separators=(",", ":")) + "\n"


def event_line(kind, value):
    """An event with its kind and a field for each kind of thing, of which one is there."""
    return line({"event_type": kind, **{name: value if place == kind else None for place, name in enumerate(("person", "auction", "bid"))}})
