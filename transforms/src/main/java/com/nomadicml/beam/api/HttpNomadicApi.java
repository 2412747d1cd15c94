package com.nomadicml.beam.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import javax.annotation.Nullable;

/**
 * {@link NomadicApi} over HTTP: which call is which request.
 *
 * <p>The JDK's client sends a GET again by itself, past the gate, when its connection was closed
 * before any answer; the API's 429 then slows the gate down. It never does so with a POST.
 */
public final class HttpNomadicApi implements NomadicApi {
  private static final String USUAL_COLLECTION = "videos";
  private static final String INTEGRATIONS = "/api/cloud-integrations";
  private static final int KEY_LENGTH = 32;
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int CONFLICT = 409;

  private final HttpCall http;
  private final String collection;

  private HttpNomadicApi(HttpCall http, String collection) {
    this.http = http;
    this.collection = collection;
  }

  /**
   * A client of the API at {@code url}.
   *
   * @throws IllegalArgumentException unless the URL is https, or plain http to the loopback
   */
  public static Builder builder(URI url, String apiKey) {
    if (!ApiKeySource.fitsHeader(apiKey)) {
      // Not left to the HTTP client, whose complaint quotes the header's value.
      throw new IllegalArgumentException(
          "the API key holds white space or characters that no HTTP header can hold");
    }
    return new Builder(BaseUrl.checked(url), apiKey);
  }

  @Override
  public KeyVerification verifyKey() throws ApiException {
    return http.repeatable(
        "POST", "/api/keys/verify", null, AnswerLimit.SMALL, Answers::keyVerification);
  }

  @Override
  public Folder createOrGetFolder(String name, String scope) throws ApiException {
    ObjectNode body = folderBody(name, scope, null);
    try {
      return http.repeatable(
          "POST", "/api/folders/create-or-get", body, AnswerLimit.SMALL, Answers::folder);
    } catch (ApiException e) {
      if (isThereAlready(e)) {
        return getFolder(name, scope);
      }
      throw e;
    }
  }

  /** Of two that create the same folder, one may lose (contract, section 8, number 27). */
  private static boolean isThereAlready(ApiException e) {
    return e.status() == CONFLICT
        || (e.status() == BAD_REQUEST && String.valueOf(e.getMessage()).contains("exist"));
  }

  @Override
  public Folder createFolder(String name, String scope, @Nullable String description)
      throws ApiException {
    ObjectNode body = folderBody(name, scope, description);
    String key = UUID.randomUUID().toString();
    return http.once("POST", "/api/folders", body, key, AnswerLimit.SMALL, Answers::folder);
  }

  @Override
  public Folder getFolder(String name, String scope) throws ApiException {
    String query = "?name=" + encode(name.strip()) + "&scope=" + encode(scope);
    return http.repeatable(
        "GET", "/api/folders/get" + query, null, AnswerLimit.SMALL, Answers::folder);
  }

  @Override
  public SubmitAnswer submit(SubmitRequest request, String idempotencyKey) throws ApiException {
    ObjectNode body = ImportBody.of(request, collection);
    SubmitAnswer answer =
        http.once(
            "POST",
            ImportBody.path(request),
            body,
            key(idempotencyKey),
            AnswerLimit.ofImport(request.keys().size() + request.sets().size()),
            Answers::submitted);
    if (answer.importJobId() == null && answer.uploadedVideoIds().isEmpty()) {
      // The older answer to a request of which nothing was taken (contract, section 4.5).
      throw new ApiException(
          ApiException.Kind.PERMANENT, OK, "the API accepted none of the videos");
    }
    return answer;
  }

  /** Another collection is another body, so another key. */
  private String key(String idempotencyKey) {
    return collection.equals(USUAL_COLLECTION)
        ? idempotencyKey
        : Hashing.sha256()
            .hashString(collection + '\n' + idempotencyKey, StandardCharsets.UTF_8)
            .toString()
            .substring(0, KEY_LENGTH);
  }

  @Override
  public ImportJobInfo importJob(String importJobId) throws ApiException {
    return http.repeatable(
        "GET", jobPath(importJobId), null, AnswerLimit.SMALL, Answers::importJob);
  }

  @Override
  public VideoPage importJobVideos(String importJobId, PageRequest page) throws ApiException {
    String query = "?limit=" + page.limit();
    if (page.cursor() != null) {
      query += "&cursor=" + encode(page.cursor());
    }
    if (page.offset() != null) {
      query += "&offset=" + page.offset();
    }
    return http.repeatable(
        "GET", jobPath(importJobId) + "/videos" + query, null, AnswerLimit.PAGE, Answers::page);
  }

  private static String jobPath(String importJobId) throws ApiException {
    return "/api/import-jobs/" + segment("the import job id", importJobId);
  }

  @Override
  public VideoRow videoStatus(String videoId) throws ApiException {
    String query = "?firebase_collection_name=" + encode(collection);
    String path = "/api/video/" + segment("the video id", videoId) + "/status";
    return http.repeatable("GET", path + query, null, AnswerLimit.SMALL, Answers::videoStatus);
  }

  @Override
  public List<Integration> integrations() throws ApiException {
    return http.repeatable(
        "GET", INTEGRATIONS, null, AnswerLimit.INTEGRATIONS, Answers::integrations);
  }

  @Override
  public Integration addIntegration(NewIntegration integration) throws ApiException {
    return http.onceWithSecrets(
        "POST",
        integration.path(),
        Answers.JSON.valueToTree(integration.body()),
        integration.secrets(),
        AnswerLimit.SMALL,
        Answers::integration);
  }

  @Override
  public Map<String, Object> storageTransferSetup() throws ApiException {
    return http.repeatable(
        "GET",
        INTEGRATIONS + "/s3-storage-transfer/setup",
        null,
        AnswerLimit.SMALL,
        Answers::members);
  }

  @Override
  public Integration getIntegration(String id) throws ApiException {
    return http.repeatable(
        "GET", integrationPath(id), null, AnswerLimit.SMALL, Answers::integration);
  }

  @Override
  public void deleteIntegration(String id) throws ApiException {
    http.repeatable("DELETE", integrationPath(id), null, AnswerLimit.SMALL, Answers.IGNORED);
  }

  private static String integrationPath(String id) throws ApiException {
    return INTEGRATIONS + "/" + segment("the integration id", id);
  }

  private static ObjectNode folderBody(String name, String scope, @Nullable String description) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a folder needs a name");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", name.strip()).put("scope", scope);
    if (description != null) {
      body.put("description", description);
    }
    return body;
  }

  /**
   * One segment of a path.
   *
   * @throws ApiException of kind {@code PERMANENT} when it can't be one: nothing is sent
   */
  private static String segment(String what, String id) throws ApiException {
    String why = BoundedText.whyNoId(id);
    if (why != null) {
      String shown = BoundedText.cut(id, 60);
      throw new ApiException(
          ApiException.Kind.PERMANENT,
          0,
          what + " " + why + ", so that no request can name it: '" + shown + "'");
    }
    return encode(id);
  }

  /** Encodes one segment of a path, or one value of a query. */
  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Builder of {@link HttpNomadicApi}. */
  public static final class Builder {
    private final String baseUrl;
    private final String apiKey;
    private RequestGate gate = RequestGate.open();
    private Admission admission = () -> {};
    private Clock clock = Clock.systemUTC();
    private Sleeper sleeper = Sleeper.real();
    private RandomGenerator random = RandomGenerator.getDefault();
    private Duration timeout = Duration.ofMinutes(15);
    private String collection = USUAL_COLLECTION;

    private Builder(String baseUrl, String apiKey) {
      this.baseUrl = baseUrl;
      this.apiKey = apiKey;
    }

    /** What every request passes before it is sent. */
    public Builder gate(RequestGate gate) {
      this.gate = gate;
      return this;
    }

    /** What is asked before each call whether the key may be used at all. */
    public Builder admission(Admission admission) {
      this.admission = admission;
      return this;
    }

    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    public Builder sleeper(Sleeper sleeper) {
      this.sleeper = sleeper;
      return this;
    }

    /** Where the jitter of retries comes from. */
    public Builder random(RandomGenerator random) {
      this.random = random;
      return this;
    }

    /** How long one answer is waited for; by default 15 minutes, as the vendor's client does. */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /** The collection that videos are imported into (contract, section 1.1). */
    public Builder collection(String collection) {
      this.collection = collection;
      return this;
    }

    public HttpNomadicApi build() {
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(Duration.ofSeconds(30))
              .build();
      RetryDecision retry = new RetryDecision(clock, random);
      return new HttpNomadicApi(
          new HttpCall(client, baseUrl, apiKey, gate, admission, sleeper, retry, timeout),
          collection);
    }
  }
}
