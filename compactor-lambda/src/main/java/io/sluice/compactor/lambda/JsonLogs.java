package io.sluice.compactor.lambda;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The function's logs, as lines of JSON on standard output, which Lambda brings to CloudWatch. The
 * function's zip alone names it to SLF4J; elsewhere logs are whatever the process has.
 */
public final class JsonLogs implements SLF4JServiceProvider {

  private final BasicMDCAdapter context = new BasicMDCAdapter();
  private final IMarkerFactory markers = new BasicMarkerFactory();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> new JsonLogger(name, context, System.out);
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
