package io.sluice.compactor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.catalog.lake.LakeSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of S3 that Iceberg's FileIO uses, in memory: objects are put, got, deleted one by one
 * and in batches, and listed by prefix, all with S3's own limits of 1,000 keys a call. Uploads in
 * parts are refused. Thread-safe.
 */
final class S3StandIn implements AutoCloseable {

  /** S3's own limit for keys in a listing's page, and in a batch of deletes. */
  static final int MOST_KEYS = 1_000;

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);
  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final NavigableMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile Instant now = Instant.now();
  private volatile String refused = "";

  private static final class Stored {
    private final byte[] bytes;
    private final Instant at;

    Stored(byte[] bytes, Instant at) {
      this.bytes = bytes;
      this.at = at;
    }
  }

  S3StandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Returns a lake in a bucket of its own. */
  LakeSettings lake() {
    return new LakeSettings(
        "s3://lake/house",
        Map.of(
            "s3.endpoint",
            "http://127.0.0.1:" + server.getAddress().getPort(),
            "s3.path-style-access",
            "true",
            "s3.access-key-id",
            "key",
            "s3.secret-access-key",
            "secret",
            "client.region",
            "eu-central-1",
            "http-client.type",
            "urlconnection"));
  }

  /** Lets objects be put at a time. */
  void at(Instant time) {
    now = time;
  }

  /** Refuses to delete keys that contain something; nothing is refused with an empty text. */
  void refuseToDelete(String part) {
    refused = part;
  }

  /** Puts an object at its {@code s3://} location. */
  void put(String location, String text) {
    objects.put(
        location.substring("s3://".length()),
        new Stored(text.getBytes(StandardCharsets.UTF_8), now));
  }

  /** Returns the locations below a prefix. */
  List<String> locations(String prefix) {
    String start = prefix.substring("s3://".length());
    return objects.keySet().stream()
        .filter(key -> key.startsWith(start))
        .map(key -> "s3://" + key)
        .toList();
  }

  /** Returns how many calls of a kind there were: LIST, DELETE, DELETE-BATCH, GET, HEAD, PUT. */
  long calls(String kind) {
    return calls.stream().filter(kind::equals).count();
  }

  private void handle(HttpExchange call) throws IOException {
    try (call) {
      Map<String, String> query = query(call.getRequestURI().getRawQuery());
      String key = call.getRequestURI().getPath().substring(1);
      byte[] body = call.getRequestBody().readAllBytes();
      switch (call.getRequestMethod()) {
        case "PUT" -> {
          if (query.containsKey("uploadId")) {
            error(call, 501, "NotImplemented");
          } else {
            calls.add("PUT");
            objects.put(key, new Stored(plain(call, body), now));
            call.getResponseHeaders().set("ETag", "\"0\"");
            call.sendResponseHeaders(200, -1);
          }
        }
        case "HEAD", "GET" -> {
          if (query.containsKey("list-type")) {
            calls.add("LIST");
            list(call, key.replaceAll("/$", ""), query);
          } else {
            calls.add(call.getRequestMethod());
            get(call, objects.get(key));
          }
        }
        case "DELETE" -> {
          calls.add("DELETE");
          if (isRefused(key)) {
            error(call, 403, "AccessDenied");
          } else {
            objects.remove(key);
            call.sendResponseHeaders(204, -1);
          }
        }
        case "POST" -> {
          calls.add("DELETE-BATCH");
          deleteAll(call, key.replaceAll("/$", ""), new String(body, StandardCharsets.UTF_8));
        }
        default -> error(call, 405, "MethodNotAllowed");
      }
    }
  }

  private boolean isRefused(String key) {
    return !refused.isEmpty() && key.contains(refused);
  }

  private static void get(HttpExchange call, @Nullable Stored stored) throws IOException {
    if (stored == null) {
      error(call, 404, "NoSuchKey");
      return;
    }
    byte[] bytes = stored.bytes;
    int from = 0;
    int to = bytes.length;
    String range = call.getRequestHeaders().getFirst("Range");
    Matcher matcher = RANGE.matcher(range == null ? "" : range);
    boolean partly = matcher.matches();
    if (partly) {
      from = Integer.parseInt(matcher.group(1));
      to = matcher.group(2).isEmpty() ? to : Math.min(to, Integer.parseInt(matcher.group(2)) + 1);
      call.getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + bytes.length);
    }
    call.getResponseHeaders().set("ETag", "\"0\"");
    call.getResponseHeaders().set("Last-Modified", HTTP_DATE.format(stored.at));
    if (call.getRequestMethod().equals("HEAD")) {
      call.getResponseHeaders().set("Content-Length", Integer.toString(to - from));
      call.sendResponseHeaders(200, -1);
      return;
    }
    call.sendResponseHeaders(partly ? 206 : 200, to == from ? -1 : to - from);
    call.getResponseBody().write(bytes, from, to - from);
  }

  private void list(HttpExchange call, String bucket, Map<String, String> query)
      throws IOException {
    String start = bucket + "/" + query.getOrDefault("prefix", "");
    String after = query.getOrDefault("continuation-token", "");
    StringBuilder xml = new StringBuilder("<ListBucketResult>");
    int count = 0;
    String last = "";
    boolean more = false;
    for (Map.Entry<String, Stored> one : objects.tailMap(start).entrySet()) {
      if (!one.getKey().startsWith(start)) {
        break;
      }
      if (one.getKey().compareTo(after) <= 0) {
        continue;
      }
      if (count == MOST_KEYS) {
        more = true;
        break;
      }
      count++;
      last = one.getKey();
      xml.append("<Contents><Key>")
          .append(last.substring(bucket.length() + 1))
          .append("</Key><LastModified>")
          .append(one.getValue().at.truncatedTo(ChronoUnit.SECONDS))
          .append("</LastModified><Size>")
          .append(one.getValue().bytes.length)
          .append("</Size></Contents>");
    }
    xml.append("<KeyCount>").append(count).append("</KeyCount><IsTruncated>").append(more);
    xml.append("</IsTruncated>");
    if (more) {
      xml.append("<NextContinuationToken>").append(last).append("</NextContinuationToken>");
    }
    xml(call, 200, xml.append("</ListBucketResult>").toString());
  }

  private void deleteAll(HttpExchange call, String bucket, String body) throws IOException {
    List<String> keys = new ArrayList<>();
    Matcher matcher = KEY.matcher(body);
    while (matcher.find()) {
      keys.add(matcher.group(1));
    }
    if (keys.size() > MOST_KEYS || keys.isEmpty()) {
      error(call, 400, "MalformedXML");
      return;
    }
    StringBuilder xml = new StringBuilder("<DeleteResult>");
    for (String key : keys) {
      if (isRefused(key)) {
        xml.append("<Error><Key>").append(key);
        xml.append("</Key><Code>AccessDenied</Code><Message>no</Message></Error>");
      } else {
        objects.remove(bucket + "/" + key);
        xml.append("<Deleted><Key>").append(key).append("</Key></Deleted>");
      }
    }
    xml(call, 200, xml.append("</DeleteResult>").toString());
  }

  /** Takes the chunks' signatures and the trailing checksum away that the SDK may send. */
  private static byte[] plain(HttpExchange call, byte[] body) throws IOException {
    String encoding = call.getRequestHeaders().getFirst("Content-Encoding");
    if (encoding == null || !encoding.contains("aws-chunked")) {
      return body;
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = at;
      while (body[end] != '\r') {
        end++;
      }
      String header = new String(body, at, end - at, StandardCharsets.US_ASCII);
      int length = Integer.parseInt(header.replaceAll(";.*", ""), 16);
      if (length == 0) {
        return plain.toByteArray();
      }
      plain.write(Arrays.copyOfRange(body, end + 2, end + 2 + length));
      at = end + 2 + length + 2;
    }
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    for (String part : raw == null ? new String[0] : raw.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      query.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }

  private static void error(HttpExchange call, int status, String code) throws IOException {
    if (call.getRequestMethod().equals("HEAD")) {
      call.sendResponseHeaders(status, -1);
    } else {
      xml(call, status, "<Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }
  }

  private static void xml(HttpExchange call, int status, String xml) throws IOException {
    byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().set("Content-Type", "application/xml");
    call.sendResponseHeaders(status, bytes.length);
    call.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
