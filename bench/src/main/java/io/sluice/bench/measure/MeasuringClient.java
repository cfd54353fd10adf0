package io.sluice.bench.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a system's client JVM does: it measures as it is told, a line each, and answers with a line.
 *
 * <pre>
 *   produce  shape=TEN buckets=1 variant= warm=1 seconds=4
 *   capacity shape=TEN buckets=1 variant= warm=1 seconds=4
 *   latency  shape=TEN buckets=1 variant= warm=5 seconds=8 rate=100
 *   acks     shape=TEN buckets=1 variant= warm=5 seconds=8 rate=100
 *   read     shape=TEN buckets=1 variant= rows=1000000 projected=false
 * </pre>
 *
 * An answer is {@code ok} with {@code name=number} pairs, or {@code failed} with a reason.
 */
public final class MeasuringClient {

  private final Measurement measurement;
  private final PrintStream answers;

  private MeasuringClient(MeasuredSystem system, PrintStream answers) {
    this.measurement = new Measurement(system);
    this.answers = answers;
  }

  /** Serves until standard input ends, and then ends this process. */
  public static void serve(MeasuredSystem system) throws Exception {
    PrintStream answers = System.out;
    // What libraries print must not be taken for an answer.
    System.setOut(System.err);
    new MeasuringClient(system, answers).run();
    system.close();
    Runtime.getRuntime().halt(0);
  }

  private void run() throws IOException {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String answer;
      try {
        answer = "ok" + text(measure(line));
      } catch (Exception | LinkageError e) {
        e.printStackTrace();
        answer = "failed " + e.toString().replace('\n', ' ');
      }
      answers.println(answer);
      answers.flush();
    }
  }

  private Map<String, Double> measure(String line) throws Exception {
    String[] words = line.split(" ", -1);
    Map<String, String> given = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      int sign = words[i].indexOf('=');
      given.put(words[i].substring(0, sign), words[i].substring(sign + 1));
    }
    Load load =
        new Load(
            RowShape.valueOf(given.getOrDefault("shape", "TEN")),
            (int) number(given, "buckets"),
            given.getOrDefault("variant", ""));
    double warmUp = number(given, "warm");
    double seconds = number(given, "seconds");
    return switch (words[0]) {
      case "produce" -> measurement.produce(load, warmUp, seconds);
      case "capacity" -> measurement.capacity(load, warmUp, seconds);
      case "latency" -> measurement.latency(load, number(given, "rate"), warmUp, seconds);
      case "acks" -> measurement.acknowledgement(load, number(given, "rate"), warmUp, seconds);
      case "read" ->
          measurement.read(
              load, (long) number(given, "rows"), Boolean.parseBoolean(given.get("projected")));
      default -> throw new IllegalArgumentException("unknown command: '" + line + "'");
    };
  }

  private static double number(Map<String, String> given, String name) {
    return Double.parseDouble(given.getOrDefault(name, "0"));
  }

  private static String text(Map<String, Double> found) {
    StringBuilder text = new StringBuilder();
    found.forEach(
        (name, value) -> text.append(String.format(Locale.ROOT, " %s=%.6g", name, value)));
    return text.toString();
  }
}
