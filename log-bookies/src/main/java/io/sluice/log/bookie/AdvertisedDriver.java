package io.sluice.log.bookie;

import io.sluice.log.bookie.rack.RackPlacement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.bookie.BookieException;
import org.apache.bookkeeper.bookie.BookieResources;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.BookieServiceInfo;
import org.apache.bookkeeper.discover.BookieServiceInfo.Endpoint;
import org.apache.bookkeeper.discover.RegistrationManager;
import org.apache.bookkeeper.meta.LayoutManager;
import org.apache.bookkeeper.meta.LedgerManagerFactory;
import org.apache.bookkeeper.meta.MetadataBookieDriver;
import org.apache.bookkeeper.meta.exceptions.MetadataException;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.stats.StatsLogger;
import org.apache.bookkeeper.versioning.Version;
import org.apache.bookkeeper.versioning.Versioned;

/**
 * A bookie's way to its cluster's metadata that registers it under the host at which others reach
 * it, with its rack. BookKeeper itself registers the address that it listens on, or listens on all.
 */
final class AdvertisedDriver implements MetadataBookieDriver {

  private final MetadataBookieDriver driver;
  private final String host;
  private final String rack;

  private AdvertisedDriver(MetadataBookieDriver driver, String host, String rack) {
    this.driver = driver;
    this.host = host;
    this.rack = rack;
  }

  /** Connects; to be closed after the bookie. */
  static AdvertisedDriver connect(ServerConfiguration conf, String host, String rack)
      throws BookieException {
    return new AdvertisedDriver(
        BookieResources.createMetadataDriver(conf, NullStatsLogger.INSTANCE), host, rack);
  }

  /** It is initialized already. */
  @Override
  public MetadataBookieDriver initialize(ServerConfiguration conf, StatsLogger stats) {
    return this;
  }

  @Override
  public String getScheme() {
    return driver.getScheme();
  }

  @Override
  public RegistrationManager createRegistrationManager() {
    return new Registration(driver.createRegistrationManager(), host, rack);
  }

  @Override
  public LedgerManagerFactory getLedgerManagerFactory() throws MetadataException {
    return driver.getLedgerManagerFactory();
  }

  @Override
  public LayoutManager getLayoutManager() {
    return driver.getLayoutManager();
  }

  @Override
  public CompletableFuture<Boolean> isHealthCheckEnabled() {
    return driver.isHealthCheckEnabled();
  }

  @Override
  public CompletableFuture<Void> disableHealthCheck() {
    return driver.disableHealthCheck();
  }

  @Override
  public CompletableFuture<Void> enableHealthCheck() {
    return driver.enableHealthCheck();
  }

  @Override
  public void close() {
    driver.close();
  }

  private record Registration(RegistrationManager manager, String host, String rack)
      implements RegistrationManager {

    @Override
    public void registerBookie(BookieId id, boolean readOnly, BookieServiceInfo info)
        throws BookieException {
      List<Endpoint> endpoints = info.getEndpoints().stream().map(this::advertised).toList();
      Map<String, String> properties = new HashMap<>(info.getProperties());
      RackPlacement.put(rack, properties);
      manager.registerBookie(id, readOnly, new BookieServiceInfo(properties, endpoints));
    }

    private Endpoint advertised(Endpoint at) {
      return new Endpoint(
          at.getId(), at.getPort(), host, at.getProtocol(), at.getAuth(), at.getExtensions());
    }

    @Override
    public void unregisterBookie(BookieId id, boolean readOnly) throws BookieException {
      manager.unregisterBookie(id, readOnly);
    }

    @Override
    public boolean isBookieRegistered(BookieId id) throws BookieException {
      return manager.isBookieRegistered(id);
    }

    @Override
    public String getClusterInstanceId() throws BookieException {
      return manager.getClusterInstanceId();
    }

    @Override
    public void writeCookie(BookieId id, Versioned<byte[]> cookie) throws BookieException {
      manager.writeCookie(id, cookie);
    }

    @Override
    public Versioned<byte[]> readCookie(BookieId id) throws BookieException {
      return manager.readCookie(id);
    }

    @Override
    public void removeCookie(BookieId id, Version version) throws BookieException {
      manager.removeCookie(id, version);
    }

    @Override
    public boolean prepareFormat() throws Exception {
      return manager.prepareFormat();
    }

    @Override
    public boolean initNewCluster() throws Exception {
      return manager.initNewCluster();
    }

    @Override
    public boolean format() throws Exception {
      return manager.format();
    }

    @Override
    public boolean nukeExistingCluster() throws Exception {
      return manager.nukeExistingCluster();
    }

    @Override
    public void addRegistrationListener(RegistrationListener listener) {
      manager.addRegistrationListener(listener);
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
