package io.sluice.bench.peers;

import io.sluice.bench.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What was found of each contestant, in the order in which they took their turns. */
final class Rounds {

  private final Map<Contestant, List<Map<String, Double>>> found = new LinkedHashMap<>();

  /**
   * Measures all, in turns.
   *
   * @param count how many rounds there are
   * @param what what is to be measured of each
   */
  static Rounds of(
      Contest contest, List<Contestant> contestants, int count, Function<Contestant, String> what) {
    Rounds rounds = new Rounds();
    for (int round = 0; round < count; round++) {
      for (Contestant contestant : contestants) {
        Map<String, Double> measured = contest.measure(contestant, what.apply(contestant));
        rounds.found.computeIfAbsent(contestant, each -> new ArrayList<>()).add(measured);
      }
    }
    return rounds;
  }

  /**
   * Measures all, in turns, after a round whose figures are dropped: code is compiled by then.
   *
   * @param first what is done in that round
   */
  static Rounds afterOne(
      Contest contest,
      List<Contestant> contestants,
      int count,
      Function<Contestant, String> first,
      Function<Contestant, String> what) {
    var unused = of(contest, contestants, 1, first);
    return of(contest, contestants, count, what);
  }

  /** Returns a contestant's figures of one name; null if it has none. */
  @Nullable Spread spread(Contestant contestant, String name) {
    double[] values =
        found.getOrDefault(contestant, List.of()).stream()
            .filter(figures -> figures.containsKey(name))
            .mapToDouble(figures -> figures.get(name))
            .filter(Double::isFinite)
            .toArray();
    return values.length == 0 ? null : new Spread(values);
  }

  /** Returns the median of a contestant's figures of one name, or NaN if it has none. */
  double median(Contestant contestant, String name) {
    Spread spread = spread(contestant, name);
    return spread == null ? Double.NaN : spread.median();
  }

  /** Returns the figures as text. */
  String text(Contestant contestant, String name) {
    Spread spread = spread(contestant, name);
    return spread == null ? "none" : spread.text();
  }
}
