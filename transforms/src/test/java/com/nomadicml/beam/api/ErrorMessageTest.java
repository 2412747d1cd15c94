package com.nomadicml.beam.api;

import static com.nomadicml.beam.api.ApiFixtures.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorMessageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'detail':'Access denied'} | Access denied",
        "{'detail':'d','message':'m','error':'e'} | d",
        "{'message':'m','error':'e'} | m",
        "{'error':'e'} | e",
        "{'detail':null,'message':'m'} | m",
        "{'detail':'','error':'e'} | e",
        "{'detail':{'message':'No such folder','code':7}} | No such folder",
        "{'detail':{'error':'quota'}} | quota",
        "{'detail':{'code':7}} | {'code':7}",
        "{'detail':['one','two']} | one; two",
        "{'error':{'message':'nested'}} | nested",
        "{'status':'odd'} | {'status':'odd'}",
        "Service Unavailable | Service Unavailable",
        "502 Bad Gateway | 502 Bad Gateway",
        "{'detail':'broken | {'detail':'broken",
      })
  void theApisOwnWordsAreFound(String body, String message) {
    assertThat(ErrorMessage.of(body.replace('\'', '"'), KEY)).isEqualTo(message.replace('\'', '"'));
  }

  @Test
  void validationErrorsAreJoinedWithTheirPlaces() {
    String body =
        """
        {"detail":[
          {"loc":["body","files",0],"msg":"not a string","type":"type_error.str"},
          {"loc":["query","limit"],"msg":"at most 500"},
          {"msg":"placeless"}]}
        """;
    assertThat(ErrorMessage.of(body, KEY))
        .isEqualTo("body.files.0: not a string; query.limit: at most 500; placeless");
  }

  @Test
  void tagsOfAWebPageAreLeftOut() {
    String page = "<html>\n<head><title>502</title></head>\n<body><h1>Bad Gateway</h1></body>";
    assertThat(ErrorMessage.of(page, KEY)).isEqualTo("502 Bad Gateway");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \r\n", "<br/>"})
  void nothingSaidIsSaidSo(String body) {
    assertThat(ErrorMessage.of(body, KEY)).isEqualTo("no reason given");
  }

  @Test
  void theMessageIsOneBoundedLine() {
    String message =
        ErrorMessage.of("{\"detail\":\"a\\nb\\u0007c\\td" + "x".repeat(9_000) + "\"}", KEY);
    assertThat(message)
        .startsWith("a b c dxxx")
        .endsWith("… [9007 characters]")
        .hasSize(500 + "… [9007 characters]".length());
    assertThat(ErrorMessage.of("y".repeat(500), KEY)).hasSize(500).doesNotContain("…");
  }

  @Test
  void theKeyIsBlottedOutBeforeTheMessageIsCut() {
    String atTheCut = "z".repeat(495) + KEY;
    assertThat(ErrorMessage.of(atTheCut, KEY)).doesNotContain(KEY.substring(0, 4)).contains("***");
    assertThat(ErrorMessage.of("no secret", "")).isEqualTo("no secret");
  }

  /** What backtracks over it, or looks for each tag's end anew, takes minutes. */
  @ParameterizedTest
  @ValueSource(strings = {"<", "<<>", "< ", "<a", " \n", "\"", "{\"detail\":[", "\u0000"})
  void aBodyThatIsMadeToBeSlowIsNot(String repeated) {
    String body = "<html>" + repeated.repeat(5_000_000 / repeated.length());
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertThat(ErrorMessage.of(body, KEY)).hasSizeLessThan(600);
          assertThat(ErrorMessage.of(body.substring(6), KEY)).hasSizeLessThan(600);
        });
  }

  static Stream<ScriptedServer.Answer> echoes() {
    return Stream.of(
        ScriptedServer.Answer.of(401, "{\"detail\":\"bad key " + KEY + "\"}"),
        ScriptedServer.Answer.of(400, "{\"detail\":{\"given\":[\"" + KEY + "\"]}}"),
        ScriptedServer.Answer.of(422, "{\"detail\":[{\"loc\":[\"" + KEY + "\"],\"msg\":\"no\"}]}"),
        ScriptedServer.Answer.of(403, "<p>X-API-Key: " + KEY + "</p>"),
        ScriptedServer.Answer.of(500, KEY),
        ScriptedServer.Answer.of(200, "unreadable " + KEY),
        ScriptedServer.Answer.truncated(500, KEY + KEY + KEY));
  }

  @ParameterizedTest
  @MethodSource("echoes")
  void aKeyThatIsEchoedIsInNoException(ScriptedServer.Answer echo) {
    try (ScriptedServer server = new ScriptedServer()) {
      server.times(5, echo);
      NomadicApi api = ApiFixtures.api(server);
      Throwable thrown = catchThrowable(api::verifyKey);
      assertThat(thrown).isInstanceOf(ApiException.class);
      assertThat(stackTrace(thrown)).doesNotContain(KEY);
      assertThat(api.toString()).doesNotContain(KEY);
    }
  }

  /** The JDK's refusal of a header quotes the header's value. */
  @ParameterizedTest
  @ValueSource(strings = {KEY + "\nmore", KEY + "\u20ac", "\uFEFF" + KEY})
  void aKeyThatNoHeaderCanHoldIsInNoException(String key) {
    try (ScriptedServer server = new ScriptedServer()) {
      Throwable thrown =
          catchThrowable(() -> HttpNomadicApi.builder(server.url(), key).build().verifyKey());
      assertThat(thrown).isNotNull();
      assertThat(stackTrace(thrown)).doesNotContain(KEY);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void anExceptionHoldsStatusAndWords() {
    try (ScriptedServer server = new ScriptedServer()) {
      server.then(402, "{\"detail\":\"Upgrade to upload videos.\"}");
      assertThatThrownBy(() -> ApiFixtures.api(server).verifyKey())
          .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(402))
          .hasMessage("Upgrade to upload videos.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {'detail':'Invalid API key'} | true",
        "401 | | true",
        "402 | {'detail':'Not available on the free trial'} | true",
        "401 | {'detail':'Hugging Face rejected the token'} | false",
        "401 | {'message':'HF bucket token expired'} | false",
        "401 | {'detail':'Unauthorized','error':'Hugging Face token expired'} | false",
        "403 | {'detail':'Access denied'} | false",
        "403 | {'detail':'Your role does not allow imports'} | true",
        "403 | {'detail':'The API key has no write scope'} | true",
        "403 | {'detail':'Your account may not use this bucket'} | false",
        "403 | {'detail':'No access to this integration'} | false",
        "403 | {'detail':'Sample scope is read-only'} | false",
        "404 | {'detail':'No such job'} | false",
      })
  void onlyTheAccountsOwnRefusalIsTheAccounts(int status, @Nullable String body, boolean refusal) {
    try (ScriptedServer server = new ScriptedServer()) {
      server.then(status, body == null ? "" : body.replace('\'', '"'));
      ApiException thrown =
          catchThrowableOfType(ApiException.class, () -> ApiFixtures.api(server).verifyKey());
      assertThat(thrown.status()).isEqualTo(status);
      assertThat(thrown.isAccountRefusal()).isEqualTo(refusal);
      assertThat(thrown.isHuggingFaceToken()).isEqualTo(status == 401 && !refusal);
    }
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
