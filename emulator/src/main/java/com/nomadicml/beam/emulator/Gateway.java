package com.nomadicml.beam.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.emulator.Faults.Fault;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Request;

/** What every request passes on its way in and out: the key, the quota, and the faults. */
final class Gateway {
  /** RFC 9110's form; RFC_1123_DATE_TIME writes days below ten with one digit. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  static final String NUMBER = "number";
  private static final String ROUTE = "route";
  private static final String FAULT = "fault";

  private final EmulatorOptions options;
  private final Clock clock;
  private final Faults faults;
  private final Quota quota;
  private final Stats stats;
  private final AtomicLong requests = new AtomicLong();

  Gateway(EmulatorOptions options, Clock clock, Faults faults, Quota quota, Stats stats) {
    this.options = options;
    this.clock = clock;
    this.faults = faults;
    this.quota = quota;
    this.stats = stats;
  }

  long requests() {
    return requests.get();
  }

  void before(Context ctx) {
    long number = requests.incrementAndGet();
    ctx.attribute(NUMBER, number);
    ctx.attribute(ROUTE, ctx.method() + " " + ctx.endpointHandlerPath());
    ctx.attribute(FAULT, Fault.NONE);
    authenticate(ctx);
    Duration wait = quota.take();
    if (wait != null) {
      refuseForTheRate(ctx, wait);
    }
    Fault fault = faults.ofRequest(number);
    ctx.attribute(FAULT, fault);
    switch (fault) {
      case TOO_MANY_REQUESTS -> refuseForTheRate(ctx, Duration.ofSeconds(1));
      case ERROR_BEFORE -> throw new ApiError(500, "Internal server error");
      case HTML -> throw new ApiError(502, "Bad Gateway");
      default -> {}
    }
  }

  void after(Context ctx) {
    Fault fault = ctx.attribute(FAULT);
    if (fault == Fault.HTML) {
      ctx.contentType("text/html").result("<html><body><h1>502 Bad Gateway</h1></body></html>");
    } else if (fault == Fault.ERROR_AFTER && ctx.statusCode() < 300) {
      error(ctx, new ApiError(504, "Gateway timeout"));
    } else if (fault == Fault.TRUNCATED && ctx.result() != null) {
      String result = ctx.result();
      ctx.result(result.substring(0, result.length() / 2));
    }
    stats.count(ctx.attribute(ROUTE), ctx.statusCode());
    if (fault == Fault.LOST) {
      Request.getBaseRequest(ctx.req()).getHttpChannel().abort(new IOException("lost on purpose"));
    }
  }

  void error(Context ctx, ApiError error) {
    ObjectNode body = Wire.object();
    body.set("detail", detail(error.getMessage()));
    ctx.status(error.status());
    Wire.answer(ctx, body);
  }

  private JsonNode detail(String message) {
    return switch (options.detail) {
      case STRING -> Wire.JSON.getNodeFactory().textNode(message);
      case OBJECT -> Wire.object().put("message", message);
      case LIST -> {
        ObjectNode item = Wire.object().put("msg", message).put("type", "value_error");
        item.putArray("loc").add("body");
        yield Wire.JSON.createArrayNode().add(item);
      }
    };
  }

  /** Bearer alone fails on GET (contract, section 8, number 26). */
  private void authenticate(Context ctx) {
    String key = ctx.header("X-API-Key");
    String bearer = ctx.header("Authorization");
    if (key == null && bearer != null && !ctx.method().name().equals("GET")) {
      key = bearer.replaceFirst("^Bearer ", "");
    }
    if (key == null || key.isBlank() || (options.apiKey != null && !options.apiKey.equals(key))) {
      throw new ApiError(401, "Invalid API key");
    }
  }

  private void refuseForTheRate(Context ctx, Duration wait) {
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1_000);
    switch (options.retryAfter) {
      case SECONDS -> ctx.header("Retry-After", Long.toString(seconds));
      case DATE ->
          ctx.header("Retry-After", HTTP_DATE.format(clock.instant().plusSeconds(seconds)));
      case NONE -> {}
    }
    throw new ApiError(429, "Rate limit exceeded");
  }
}
