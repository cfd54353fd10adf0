"""The table of costs in docs/aws.md is what its formula says of its prices. WRITE_DOCS=1 has the table written."""

import os
import re
import unittest

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "docs", "aws.md")
HOURS = 730


def read():
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def formulas(page):
    """Returns the formula of each system as the page has it, an expression of the prices, g, n and m."""
    block = re.search(r"^    Sluice  = .*?\n\n", page, re.M | re.S).group(0)
    joined = re.sub(r"\n {10,}", " ", block)
    return dict(re.findall(r"^    (\w+) +=(.*)$", joined, re.M))


def prices(page):
    return {name: float(value) for name, value in re.findall(r"^\| `(\w+)` \| ([0-9.]+) \|", page, re.M)}


def row(page, rate, gateways, brokers):
    g = rate * 2628.0
    cells = [str(rate), str(gateways), str(brokers), "{:,.0f}".format(g)]
    for system, formula in formulas(page).items():
        cost = evaluate(formula, dict(prices(page), g=g, n=gateways, m=brokers))
        cells += ["{:,.0f}".format(cost), "{:.3f}".format(cost / g)]
    return "| " + " | ".join(cells) + " |"


def evaluate(formula, names):
    """Names, numbers and the four operations only."""
    if not re.fullmatch(r"[a-z_0-9.+*/() ]+", formula):
        raise ValueError("no formula: " + formula)
    return eval(formula, {"__builtins__": {}}, names)  # noqa: S307


class CostsTest(unittest.TestCase):

    def test_the_table_is_what_the_formula_says(self):
        page = read()
        lines = re.compile(r"^\| (\d+) \| (\d+) \| (\d+) \|.*$", re.M)
        expected = lines.sub(lambda match: row(page, *map(int, match.groups())), page)
        if os.environ.get("WRITE_DOCS"):
            with open(PAGE, "w", encoding="utf-8") as file:
                file.write(expected)
        self.assertGreaterEqual(len(lines.findall(page)), 3)
        self.assertEqual(expected, read(), "run it with WRITE_DOCS=1")

    def test_a_row_worked_out_by_hand(self):
        # 10 MB/s, 3 gateways: machines 730 * (2.712 + 0.6048 + 0.3024 + 0.24 + 0.0225) = 2,833.64; volumes 270 GB * 0.08 = 21.60;
        # 26,280 GB * (4 * 0.02 + 0.001 + 0.0069) = 2,310.01.
        names = dict(
            bookie=0.904, gateway=0.2016, zookeeper=0.1008, endpoint=0.01, balancer=0.0225, volume=0.08, zone=0.02, function_gb=0.001,
            object=0.023, compressed=0.3, g=26280.0, n=3, m=1
        )
        self.assertAlmostEqual(5165.25, evaluate(formulas(read())["Sluice"], names), delta=0.05)

    def test_each_price_is_used(self):
        page = read()
        used = set(re.findall(r"[a-z_]{3,}", " ".join(formulas(page).values())))
        self.assertEqual(used, set(prices(page)))


if __name__ == "__main__":
    unittest.main()
