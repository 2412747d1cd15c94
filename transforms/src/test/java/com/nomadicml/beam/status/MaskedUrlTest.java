package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.common.base.Throwables;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaskedUrlTest {
  /** With a place for a password in each, and none of its letters and digits. */
  private static final String[] SHAPES = {
    "jdbc:postgresql://nomad:%s@host/db",
    "jdbc:postgresql://nomad:%s@host:5432,other:5433/db?ssl=true",
    "jdbc:postgresql://%s@host/db",
    "jdbc:postgresql://host/db?user=nomad&password=%s",
    "jdbc:postgresql://host/db?password=%s&user=nomad",
    "jdbc:postgresql://host/db?PASSWORD=%s",
    "jdbc:postgresql://host/db?pass%%77ord=%s",
    "jdbc:postgresql://host/db?user=nomad@corp&password=%s",
    "jdbc:postgresql://host/db?sslpassword=%s&sslmode=require",
    "jdbc:postgresql://host/db;password=%s",
    "jdbc:postgresql://host/db%%3Fpassword=%s",
    "jdbc:postgresql://host/db?user=nomad;password=%s",
    "jdbc:postgresql:db?password=%s",
    "jdbc:postgresql://host:%s/db",
    "JDBC:POSTGRESQL://host/db?password=%s",
    "postgres://nomad:%s@host/db",
    "jdbc:mysql://host/db?password=%s",
    "jdbc:sqlite:status.db?password=%s",
    "jdbc:sqlite:status.db?journal_mode=wal&password=%s",
    "jdbc:sqlite:status.db;password=%s",
    "jdbc:sqlite:status.db&password=%s",
    "jdbc:sqlite:status.db%%3Fpassword=%s",
    "jdbc:sqlite:file:status.db?key=%s",
    "jdbc:sqlite://nomad:%s@host/status.db",
    "jdbc:sqlite:nomad:%s@host/status.db",
    "bigquery:project.dataset?password=%s",
  };

  @Provide
  Arbitrary<String> passwords() {
    return Arbitraries.strings()
        .withChars("XZ79;&?/@:#=,!%+ \\'\"$\u00e9")
        .ofMinLength(1)
        .ofMaxLength(20)
        .map(text -> "X" + text + "Z");
  }

  @Provide
  Arbitrary<String> shapes() {
    return Arbitraries.of(SHAPES);
  }

  @Property(tries = 5000)
  void noPartOfAPasswordIsShown(
      @ForAll("shapes") String shape, @ForAll("passwords") String password) {
    String url = shape.formatted(password);

    assertThat(MaskedUrl.of(url)).doesNotContainPattern("[XZ79\u00e9]");
  }

  @Property(tries = 1000)
  void noRefusalShowsOne(@ForAll("shapes") String shape, @ForAll("passwords") String password) {
    Throwable refusal = catchThrowable(() -> StatusStore.at(shape.formatted(password)));

    String shown =
        refusal == null
            ? StatusStore.at(shape.formatted(password)).describe()
            : Throwables.getCausalChain(refusal).stream()
                .map(String::valueOf)
                .collect(Collectors.joining());
    assertThat(shown.replaceAll("%XX|is no valid", "")).doesNotContainPattern("[XZ79\u00e9]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:sqlite:import-status.db",
        "jdbc:sqlite:/data/date=2026-11-24/me@home/status.db",
        "jdbc:sqlite:C:\\data\\status.db",
        "jdbc:sqlite:status.db?busy_timeout=5000",
        "jdbc:postgresql://db-1.example.com:5432,[::1]:5433/fleet?user=nomad&sslmode=verify-full",
        "jdbc:postgresql:fleet",
        "bigquery:example.com:my-project.status",
        "mysql:db",
      })
  void whatHoldsNoneIsShownAsItIs(String url) {
    assertThat(MaskedUrl.of(url)).isEqualTo(url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://h/db?user=u&password=a;b&options=-c |"
            + " jdbc:postgresql://h/db?user=u&password=***&***",
        "jdbc:postgresql://h:5432/d%62?user=u | jdbc:postgresql://h:5432/***?user=u",
        "jdbc:sqlite:s.db?password=a&mode=ro | jdbc:sqlite:s.db?password=***&mode=ro",
      })
  void theRestIsStillShown(String url, String shown) {
    assertThat(MaskedUrl.of(url)).isEqualTo(shown);
  }
}
