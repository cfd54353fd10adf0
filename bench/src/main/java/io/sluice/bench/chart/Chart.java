package io.sluice.bench.chart;

import io.sluice.bench.chart.Svg.Anchor;
import java.util.List;

/**
 * Figures of several systems under several conditions, drawn as horizontal bars or ranges.
 *
 * @param title what is shown
 * @param unit what the axis is of
 * @param kind how it is drawn
 * @param groups a condition each, with a line for each system
 */
public record Chart(String title, String unit, Kind kind, List<Group> groups) {

  /** How figures are drawn. */
  public enum Kind {
    /** A bar from 0 to {@code value}, and a thin line from {@code least} to {@code most}. */
    BARS,
    /** A dot at {@code least} and one at {@code most}, on a logarithmic axis. */
    RANGES
  }

  /**
   * A condition.
   *
   * @param name such as {@code 100 rows/s}
   */
  public record Group(String name, List<Line> lines) {
    public Group {
      lines = List.copyOf(lines);
    }
  }

  /**
   * A system's figures; those that aren't numbers are drawn as missing.
   *
   * @param label the system
   * @param colour of its bar, as SVG has it
   * @param value the figure
   * @param least the smallest
   * @param most the largest
   */
  public record Line(String label, String colour, double value, double least, double most) {

    boolean known() {
      return Double.isFinite(value) && Double.isFinite(least) && Double.isFinite(most);
    }
  }

  private static final int WIDTH = 760;
  private static final int LEFT = 230;
  private static final int RIGHT = 90;
  private static final int TOP = 40;
  private static final int LINE_HEIGHT = 20;
  private static final int GROUP_GAP = 28;
  private static final int AXIS_HEIGHT = 44;

  public Chart {
    groups = List.copyOf(groups);
  }

  /** Returns the chart as an SVG document. */
  public String svg() {
    Svg svg = new Svg();
    Axis axis = axis();
    int bottom = TOP;
    for (Group group : groups) {
      bottom += GROUP_GAP + group.lines().size() * LINE_HEIGHT;
    }
    svg.text(12, 24, Anchor.START, "title", title);
    for (double mark : axis.marks()) {
      svg.line(x(axis, mark), TOP + 8, x(axis, mark), bottom + 6, "grid");
      svg.text(x(axis, mark), bottom + 20, Anchor.MIDDLE, "quiet", Axis.text(mark));
    }
    svg.text((LEFT + WIDTH - RIGHT) / 2.0, bottom + 38, Anchor.MIDDLE, "quiet", unit);
    double y = TOP;
    for (Group group : groups) {
      y += GROUP_GAP;
      svg.text(12, y - 7, Anchor.START, "quiet", group.name());
      for (Line line : group.lines()) {
        draw(svg, axis, line, y);
        y += LINE_HEIGHT;
      }
    }
    return svg.document(WIDTH, bottom + AXIS_HEIGHT);
  }

  private void draw(Svg svg, Axis axis, Line line, double y) {
    double middle = y + LINE_HEIGHT / 2.0;
    svg.text(LEFT - 8, middle + 4, Anchor.END, "", line.label());
    if (!line.known()) {
      svg.text(LEFT + 6, middle + 4, Anchor.START, "quiet", "no figure");
      return;
    }
    double least = x(axis, line.least());
    double most = x(axis, line.most());
    if (kind == Kind.BARS) {
      svg.bar(LEFT, y + 3, x(axis, line.value()) - LEFT, LINE_HEIGHT - 6, line.colour());
      svg.line(least, middle, most, middle, "line");
      svg.line(least, middle - 4, least, middle + 4, "line");
      svg.line(most, middle - 4, most, middle + 4, "line");
      svg.text(most + 6, middle + 4, Anchor.START, "", Axis.text(line.value()));
    } else {
      svg.bar(least, middle - 1.5, most - least, 3, line.colour());
      svg.dot(least, middle, 5, line.colour());
      svg.dot(most, middle, 5, line.colour());
      String both = Axis.text(line.least()) + " / " + Axis.text(line.most());
      svg.text(most + 9, middle + 4, Anchor.START, "", both);
    }
  }

  private Axis axis() {
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    for (Group group : groups) {
      for (Line line : group.lines()) {
        if (line.known()) {
          smallest = Math.min(smallest, line.least());
          largest = Math.max(largest, Math.max(line.value(), line.most()));
        }
      }
    }
    if (largest <= 0) {
      return kind == Kind.BARS ? Axis.linear(1) : Axis.logarithmic(1, 10);
    }
    return kind == Kind.BARS ? Axis.linear(largest) : Axis.logarithmic(smallest, largest);
  }

  private static double x(Axis axis, double value) {
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT);
  }
}
