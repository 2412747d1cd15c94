package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://api-prod.nomadicml.com, https://api-prod.nomadicml.com",
    "https://api.nomadic.company-name.com/, https://api.nomadic.company-name.com",
    "https://gateway.example.com/nomadic/, https://gateway.example.com/nomadic",
    "https://10.0.0.7:8443, https://10.0.0.7:8443",
    "HTTPS://api.nomadicml.com, HTTPS://api.nomadicml.com",
    "http://localhost:8099, http://localhost:8099",
    "http://LOCALHOST:8099/, http://LOCALHOST:8099",
    "http://127.0.0.1:8099/, http://127.0.0.1:8099",
    "http://127.1.2.3, http://127.1.2.3",
    "http://[::1]:8099/, http://[::1]:8099",
  })
  void tlsOrTheLoopbackIsTaken(String given, String base) {
    assertThat(BaseUrl.checked(URI.create(given))).isEqualTo(base);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api-prod.nomadicml.com, https://api-prod.nomadicml.com",
    "HTTPS://API-Prod.NomadicML.com.:443/v1/, https://api-prod.nomadicml.com",
    "https://10.0.0.7:8443/nomadic, https://10.0.0.7:8443",
    "http://localhost:8099, http://localhost",
    "http://127.0.0.1:41233/, http://localhost",
    "http://127.1.2.3:80, http://localhost",
    "http://[::1]:8099, http://localhost",
    "https://localhost:8443, https://localhost",
  })
  void anOriginIsSpelledInOneWay(String given, String origin) {
    assertThat(BaseUrl.origin(URI.create(given))).isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api-prod.nomadicml.com",
        "http://10.0.0.7:8099",
        "http://0.0.0.0:8099",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://[::2]:8099",
        "ftp://localhost/x",
      })
  void plainTextToAnotherMachineIsRefused(String given) {
    URI url = URI.create(given);
    assertThatThrownBy(() -> BaseUrl.checked(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://")
        .hasMessageContaining(url.getScheme() + "://" + url.getHost());
  }

  @ParameterizedTest
  @CsvSource({
    "api-prod.nomadicml.com, api-prod.nomadicml.com",
    "localhost:8099, localhost:8099",
    "https:///nomadic, https:///nomadic",
    "https://api.nomadic.company_name.com/, company_name.com",
  })
  void aUrlWithoutAHostIsNamedInTheRefusal(String given, String named) {
    assertThatThrownBy(() -> BaseUrl.checked(URI.create(given)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named)
        .hasMessageNotContaining("null");
  }

  @Test
  void theRefusalKeepsUserInfoToItself() {
    assertThatThrownBy(() -> BaseUrl.checked(URI.create("http://ann:pa55word@example.com/x")))
        .hasMessageContaining("http://example.com")
        .hasMessageNotContaining("ann")
        .hasMessageNotContaining("pa55word");
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com/x?key=S3CR3T, query",
    "https://example.com/?, query",
    "https://example.com/#S3CR3T, fragment",
    "https://example.com#, fragment",
    "https://S3CR3T@example.com/, user",
    "https://ann:S3CR3T@example.com/, user",
  })
  void whatIsMoreThanAPlaceIsRefused(String given, String why) {
    assertThatThrownBy(() -> BaseUrl.checked(URI.create(given)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageContaining("https://example.com")
        .hasMessageNotContaining("S3CR3T");
  }

  @Test
  void userInfoOfAUrlThatIsTakenIsInNoMessageEither() {
    // Nothing listens on port 1, so the message names where the client tried to connect.
    URI url = URI.create("http://ann:pa55word@127.0.0.1:1/");
    assertThatThrownBy(
            () ->
                HttpNomadicApi.builder(url, ApiFixtures.KEY)
                    .sleeper(wait -> {})
                    .build()
                    .integrations())
        .hasMessageNotContaining("pa55word");
  }
}
