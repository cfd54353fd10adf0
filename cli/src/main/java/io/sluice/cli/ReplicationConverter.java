package io.sluice.cli;

import io.sluice.log.segment.Replication;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a replication written as {@code 3/3/2}: ensemble, write quorum, ack quorum. */
final class ReplicationConverter implements ITypeConverter<Replication> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,3})/(\\d{1,3})/(\\d{1,3})");

  @Override
  public Replication convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new TypeConversionException("'" + text + "' is not of the form 3/3/2");
    }
    try {
      return new Replication(number(parts, 1), number(parts, 2), number(parts, 3));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "': " + e.getMessage());
    }
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }
}
