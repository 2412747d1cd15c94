package com.nomadicml.beam.pipeline;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Answers some requests as it is told to, byte by byte, and hands the others on to a real one. */
final class HostileApi implements AutoCloseable {
  private final ServerSocket socket;
  private final URI behind;
  private final Predicate<Request> isHostile;
  private final Behaviour behaviour;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** What was asked for; header names in lower case. */
  record Request(String method, String path, Map<String, String> headers, byte[] body) {}

  /** Writes a whole answer, head and body, to a connection that is closed afterwards. */
  interface Behaviour {
    void answer(Request request, OutputStream out) throws IOException;
  }

  HostileApi(URI behind, Predicate<Request> isHostile, Behaviour behaviour) {
    this.behind = behind;
    this.isHostile = isHostile;
    this.behaviour = behaviour;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  List<Request> requests() {
    return requests;
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        threads.execute(() -> serve(connection));
      }
    } catch (IOException closed) {
      threads.shutdownNow();
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Request request = read(new BufferedInputStream(connection.getInputStream()));
      requests.add(request);
      OutputStream out = connection.getOutputStream();
      if (isHostile.test(request)) {
        behaviour.answer(request, out);
      } else {
        handOn(request, out);
      }
      out.flush();
    } catch (IOException | InterruptedException hungUp) {
      // As clients do that have read enough.
    }
  }

  private static Request read(InputStream in) throws IOException {
    String[] asked = line(in).split(" ");
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String[] parts = header.split(": ?", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Request(asked[0], asked[1], headers, in.readNBytes(length));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the request ended");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).strip();
  }

  private void handOn(Request request, OutputStream out) throws IOException, InterruptedException {
    HttpRequest.Builder copy =
        HttpRequest.newBuilder(behind.resolve(request.path()))
            .method(request.method(), BodyPublishers.ofByteArray(request.body()));
    for (String header : List.of("x-api-key", "idempotency-key", "content-type")) {
      if (request.headers().containsKey(header)) {
        copy.header(header, request.headers().get(header));
      }
    }
    HttpResponse<byte[]> answer = client.send(copy.build(), BodyHandlers.ofByteArray());
    write(out, answer.statusCode(), answer.body());
  }

  /**
   * A whole answer.
   *
   * @param headers whole lines, without their ends
   */
  static void write(OutputStream out, int status, byte[] body, String... headers)
      throws IOException {
    head(out, status, headers);
    out.write(("Content-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
    out.write(body);
  }

  /** The beginning of an answer, up to where more headers may follow. */
  static void head(OutputStream out, int status, String... headers) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    out.write(head.toString().getBytes(UTF_8));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
