"""Nexmark's questions in SQL, over tables or views `person`, `auction` and `bid`, with the columns that an answer has.

Not among them: q6, which Flink can't plan (an average over the last rows of a changing result), and q12, whose windows are of the clock on the
wall, so that no two runs have the same answer.
"""
import dataclasses

DATETIME = "`dateTime` TIMESTAMP(3)"
BID = f"auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, {DATETIME}, extra STRING"
AUCTION = (
    f"id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, {DATETIME}, expires TIMESTAMP(3), seller BIGINT, "
    "category BIGINT, extra STRING"
)
PERSON = f"id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, {DATETIME}, extra STRING"
RANKS = "total BIGINT, low BIGINT, middle BIGINT, high BIGINT"
BIDDERS = "bidders BIGINT, low_bidders BIGINT, middle_bidders BIGINT, high_bidders BIGINT"
AUCTIONS = "auctions BIGINT, low_auctions BIGINT, middle_auctions BIGINT, high_auctions BIGINT"
LOW, MIDDLE, HIGH = "price < 10000", "price >= 10000 AND price < 1000000", "price >= 1000000"


def by_price(counted):
    """A count of all, and of those in each of three ranges of the price."""
    return ", ".join([f"COUNT({counted})"] + [f"COUNT({counted}) FILTER (WHERE {which})" for which in (LOW, MIDDLE, HIGH)])


STATISTICS = ", ".join(by_price(counted) for counted in ("*", "DISTINCT bidder", "DISTINCT auction"))


@dataclasses.dataclass(frozen=True)
class Query:
    """A question, and how many rows its answer has at least, of 200,000 events. Those with `streaming` have new rows only as their answer in
    streaming mode too, and may be asked in other words there.
    """

    name: str
    about: str
    columns: str
    sql: str
    least: int
    streaming: bool = False
    in_streaming: str | None = None
    partitions: str | None = None

    def in_mode(self, mode):
        return self.in_streaming if self.in_streaming and mode == "streaming" else self.sql


QUERIES = [
    Query(
        "q0", "every bid as it is", BID, "SELECT auction, bidder, price, channel, url, `dateTime`, extra FROM bid", 10_000, streaming=True,
    ),
    Query(
        "q1", "prices in another currency", f"auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), {DATETIME}, extra STRING",
        "SELECT auction, bidder, 0.908 * price, `dateTime`, extra FROM bid", 10_000,
    ),
    Query("q2", "bids on some auctions", "auction BIGINT, price BIGINT", "SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0", 100),
    Query(
        "q3", "who sells in some states", "name STRING, city STRING, state STRING, id BIGINT",
        """
        SELECT p.name, p.city, p.state, a.id FROM auction AS a JOIN person AS p ON a.seller = p.id
        WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')
        """, 50, streaming=True,
    ),
    Query(
        "q4", "the average winning price by category", "category BIGINT, average BIGINT",
        """
        SELECT category, AVG(winning) FROM (
          SELECT a.id, a.category, MAX(b.price) AS winning FROM auction AS a JOIN bid AS b ON b.auction = a.id
          WHERE b.`dateTime` BETWEEN a.`dateTime` AND a.expires GROUP BY a.id, a.category)
        GROUP BY category
        """, 5,
    ),
    Query(
        "q5", "the auctions with the most bids of the last ten seconds", "auction BIGINT, bids BIGINT, window_end TIMESTAMP(3)",
        """
        WITH counts AS (
          SELECT auction, COUNT(*) AS bids, window_start, window_end
          FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)) GROUP BY auction, window_start, window_end),
        most AS (SELECT MAX(bids) AS bids, window_start, window_end FROM counts GROUP BY window_start, window_end)
        SELECT c.auction, c.bids, c.window_end FROM counts AS c JOIN most AS m
        ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.bids = m.bids
        """, 1_000, streaming=True,
    ),
    Query(
        "q7", "the highest bid of each ten seconds", f"auction BIGINT, price BIGINT, bidder BIGINT, {DATETIME}, extra STRING",
        """
        SELECT b.auction, b.price, b.bidder, b.`dateTime`, b.extra FROM bid AS b JOIN (
          SELECT MAX(price) AS price, window_end FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)) GROUP BY window_start, window_end
        ) AS m ON b.price = m.price AND b.`dateTime` >= m.window_end - INTERVAL '10' SECOND AND b.`dateTime` < m.window_end
        """, 500, streaming=True,
    ),
    Query(
        "q8", "who sells within the ten seconds of registering", "id BIGINT, name STRING, starts TIMESTAMP(3)",
        """
        SELECT p.id, p.name, p.window_start FROM (
          SELECT id, name, window_start, window_end FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
          GROUP BY id, name, window_start, window_end) AS p
        JOIN (
          SELECT seller, window_start, window_end FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
          GROUP BY seller, window_start, window_end) AS a
        ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end
        """, 10, streaming=True,
    ),
    Query(
        "q9", "the winning bid of each auction",
        f"{AUCTION}, bidder BIGINT, price BIGINT, bid_at TIMESTAMP(3), bid_extra STRING",
        """
        SELECT id, itemName, description, initialBid, reserve, `dateTime`, expires, seller, category, extra, bidder, price, bid_at, bid_extra FROM (
          SELECT a.*, b.bidder, b.price, b.`dateTime` AS bid_at, b.extra AS bid_extra,
            ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.`dateTime`) AS place
          FROM auction AS a JOIN bid AS b ON b.auction = a.id AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires)
        WHERE place = 1
        """, 1_000,
    ),
    Query(
        "q10", "every bid in files by day and hour", f"auction BIGINT, bidder BIGINT, price BIGINT, {DATETIME}, extra STRING, dt STRING, hr STRING",
        "SELECT auction, bidder, price, `dateTime`, extra, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd'), DATE_FORMAT(`dateTime`, 'HH') FROM bid", 10_000,
        partitions="dt, hr",
    ),
    Query(
        "q11", "how often a person bids in a go", "bidder BIGINT, bids BIGINT, starts TIMESTAMP(3), ends TIMESTAMP(3)",
        # Flink has no windows of sessions in batch mode.
        """
        SELECT bidder, COUNT(*), MIN(`dateTime`), MAX(`dateTime`) + INTERVAL '10' SECOND FROM (
          SELECT bidder, `dateTime`, SUM(starts) OVER (PARTITION BY bidder ORDER BY `dateTime`) AS go FROM (
            SELECT bidder, `dateTime`,
              CASE WHEN `dateTime` > LAG(`dateTime`) OVER (PARTITION BY bidder ORDER BY `dateTime`) + INTERVAL '10' SECOND THEN 1 ELSE 0 END AS starts
            FROM bid))
        GROUP BY bidder, go
        """, 1_000, streaming=True, in_streaming="""
        SELECT bidder, COUNT(*), window_start, window_end
        FROM TABLE(SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)) GROUP BY bidder, window_start, window_end
        """,
    ),
    Query(
        "q13", "bids with what a table of another kind knows of their auction", f"auction BIGINT, bidder BIGINT, price BIGINT, {DATETIME}, note STRING",
        "SELECT b.auction, b.bidder, b.price, b.`dateTime`, s.note FROM bid AS b JOIN side AS s ON MOD(b.auction, 1000) = s.number", 10_000,
    ),
    Query(
        "q14", "bids of a range of prices, their time of the day, and a count of letters",
        f"auction BIGINT, bidder BIGINT, price DECIMAL(23, 3), part STRING, {DATETIME}, extra STRING, letters INT",
        """
        SELECT auction, bidder, 0.908 * price,
          CASE WHEN HOUR(`dateTime`) BETWEEN 8 AND 18 THEN 'day' WHEN HOUR(`dateTime`) <= 6 OR HOUR(`dateTime`) >= 20 THEN 'night' ELSE 'other' END,
          `dateTime`, extra, CHAR_LENGTH(extra) - CHAR_LENGTH(REPLACE(extra, 'c', ''))
        FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000
        """, 1_000,
    ),
    Query(
        "q15", "statistics by day", f"dt STRING, {RANKS}, {BIDDERS}, {AUCTIONS}",
        f"SELECT DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, {STATISTICS} FROM bid GROUP BY DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')", 2,
    ),
    Query(
        "q16", "statistics by channel and day", f"channel STRING, dt STRING, last_minute STRING, {RANKS}, {BIDDERS}, {AUCTIONS}",
        f"""
        SELECT channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, MAX(DATE_FORMAT(`dateTime`, 'HH:mm')), {STATISTICS}
        FROM bid GROUP BY channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')
        """, 1_000,
    ),
    Query(
        "q17", "statistics by auction and day",
        f"auction BIGINT, dt STRING, {RANKS}, least BIGINT, greatest BIGINT, average BIGINT, summed BIGINT",
        f"""
        SELECT auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, {by_price('*')}, MIN(price), MAX(price), AVG(price), SUM(price)
        FROM bid GROUP BY auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')
        """, 1_000,
    ),
    Query(
        "q18", "the last bid of each person on each auction", BID,
        """
        SELECT auction, bidder, price, channel, url, `dateTime`, extra FROM (
          SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY `dateTime` DESC) AS place FROM bid)
        WHERE place = 1
        """, 1_000,
    ),
    Query(
        "q19", "the ten highest bids on each auction", f"{BID}, place BIGINT",
        """
        SELECT auction, bidder, price, channel, url, `dateTime`, extra, place FROM (
          SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, `dateTime`) AS place FROM bid)
        WHERE place <= 10
        """, 1_000,
    ),
    Query(
        "q20", "bids with their auctions of a category",
        f"{BID}, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, begins TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, "
        "category BIGINT, auction_extra STRING",
        """
        SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.`dateTime`, b.extra,
          a.itemName, a.description, a.initialBid, a.reserve, a.`dateTime`, a.expires, a.seller, a.category, a.extra
        FROM bid AS b JOIN auction AS a ON b.auction = a.id WHERE a.category = 10
        """, 1_000, streaming=True,
    ),
    Query(
        "q21", "the number of the channel that bids came by", "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, channel_id STRING",
        """
        SELECT auction, bidder, price, channel, channel_id FROM (
          SELECT *, CASE LOWER(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
            ELSE REGEXP_EXTRACT(url, '[?&]channel_id=([^&]*)', 1) END AS channel_id FROM bid)
        WHERE channel_id IS NOT NULL
        """, 1_000,
    ),
    Query(
        "q22", "the folders of the bids' links", "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, dir1 STRING, dir2 STRING, dir3 STRING",
        "SELECT auction, bidder, price, channel, SPLIT_INDEX(url, '/', 3), SPLIT_INDEX(url, '/', 4), SPLIT_INDEX(url, '/', 5) FROM bid", 10_000,
    ),
    Query(
        "q23", "bids of persons who sell too, with what they sell",
        "bidder BIGINT, name STRING, price BIGINT, bid_at TIMESTAMP(3), auction BIGINT, itemName STRING, expires TIMESTAMP(3)",
        """
        SELECT b.bidder, p.name, b.price, b.`dateTime`, a.id, a.itemName, a.expires
        FROM bid AS b JOIN person AS p ON b.bidder = p.id JOIN auction AS a ON a.seller = p.id
        """, 1_000,
    ),
]
