package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TailMemoryTest {

  private final List<String> gaveBack = new ArrayList<>();
  private final TailMemory memory = new TailMemory(100);

  private TailMemory.Share share(String name) {
    return memory.share(() -> gaveBack.add(name));
  }

  @Test
  void whoWasQuietLongestGivesBackFirst() {
    TailMemory.Share a = share("a");
    TailMemory.Share b = share("b");
    TailMemory.Share c = share("c");
    a.holds(40);
    b.holds(40);
    a.holds(45);
    c.holds(15);
    assertThat(gaveBack).isEmpty();
    c.holds(16);
    assertThat(gaveBack).containsExactly("b");
    assertThat(memory.bytes()).isEqualTo(61);
  }

  @Test
  void asManyGiveBackAsItTakes() {
    TailMemory.Share a = share("a");
    share("b").holds(30);
    a.holds(30);
    share("c").holds(30);
    share("d").holds(50);
    assertThat(gaveBack).containsExactly("b", "a");
    a.holds(0);
    assertThat(memory.bytes()).isEqualTo(80);
  }

  @Test
  void whatATailHoldsIsCountedOnceHoweverOftenItSaysSo() {
    TailMemory tails = new TailMemory(1_000);
    List<Integer> given = new ArrayList<>();
    long[] held = new long[50];
    List<TailMemory.Share> shares = new ArrayList<>();
    for (int i = 0; i < held.length; i++) {
      int one = i;
      shares.add(
          tails.share(
              () -> {
                given.add(one);
                held[one] = 0;
              }));
    }
    Random random = new Random(7);
    for (int step = 0; step < 10_000; step++) {
      int one = random.nextInt(held.length);
      held[one] = random.nextInt((int) shares.get(one).maxBytes() + 1);
      shares.get(one).holds(held[one]);
      long all = java.util.Arrays.stream(held).sum();
      assertThat(tails.bytes()).isEqualTo(all).isLessThanOrEqualTo(1_000);
    }
    assertThat(given).isNotEmpty();
  }
}
