package com.nomadicml.beam.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.nomadicml.beam.status.Account.Match;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is the same account, by what the API may tell of it and what it may leave out. */
class AccountTest {
  private static final String API = "https://api-prod.nomadicml.com";

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // user_id, uid and org_id of the tables; of the run
        "u1, -, -, u1, -, -, SAME",
        "u1, f1, o1, u1, f1, o1, SAME",
        "u1, -, -, u2, -, -, OTHER",
        "-, f1, -, -, f1, -, SAME",
        "-, f1, -, -, f2, -, OTHER",
        // One answer names the user by user_id, the other by uid.
        "u1, -, -, -, u1, -, SAME",
        "u1, -, -, -, f1, -, OTHER",
        "u1, f1, -, -, f1, -, SAME",
        "u1, f1, -, u1, f2, -, SAME",
        "u1, f1, -, u2, f1, -, OTHER",
        // What one does not tell is not compared.
        "u1, -, -, -, -, -, SAME",
        "-, -, -, u1, -, o1, SAME",
        "-, -, -, -, -, -, SAME",
        "u1, -, o1, u1, -, -, SAME",
        "u1, -, o1, u1, -, o2, SAME",
        "-, -, o1, u2, -, o1, SAME",
        "-, -, o1, -, -, o2, OTHER",
        "u1, -, o1, -, -, o2, OTHER",
        // Another user
        "u1, -, o1, u2, -, o1, COLLEAGUE",
        "-, f1, o1, -, f2, o1, COLLEAGUE",
        "u1, -, o1, -, f2, o1, COLLEAGUE",
        "u1, -, o1, u2, -, o2, OTHER",
        "u1, -, o1, u2, -, -, OTHER",
      })
  void comparesWhatBothTell(
      String user, String uid, String org, String user2, String uid2, String org2, Match match) {
    Account one = Account.of(API, user, uid, org);
    Account two = Account.of(API, user2, uid2, org2);

    assertThat(one.match(two)).isEqualTo(match);
    assertThat(two.match(one)).isEqualTo(match);
    assertThat(one.match(Account.of("https://other.example.com", user, uid, org)))
        .isEqualTo(Match.OTHER);
  }

  @Test
  void whatOneDidNotTellIsFilledIn() {
    Account known = Account.of(API, "u1", null, null).added(3, StatusRows.AT);

    assertThat(known.filledFrom(Account.of(API, "other", "f1", "o1")))
        .isEqualTo(Account.of(API, "u1", "f1", "o1").added(3, StatusRows.AT));
    assertThat(known.filledFrom(Account.of(API, null, " ", ""))).isEqualTo(known);
  }

  @Test
  void anIdentifierThatIsNoneIsKnownByItsHash() {
    Account hostile = Account.of(API, "u\u001b[2J", "x".repeat(5_000), "o\u202e1");

    assertThat(hostile.describe()).startsWith("user sha256:").hasSizeLessThan(250);
    assertThat(hostile.getOrgId()).startsWith("sha256:");
    assertThat(hostile.match(Account.of(API, "u\u001b[2J", null, null))).isEqualTo(Match.SAME);
    assertThat(hostile.match(Account.of(API, "u\u001b[3J", null, null))).isEqualTo(Match.OTHER);
  }

  @Test
  void isDescribedByWhatIsKnown() {
    assertThat(Account.of(API, "u1", "f1", "o1").describe())
        .isEqualTo("user u1 of organisation o1 at " + API);
    assertThat(Account.of(API, null, null, null).describe())
        .isEqualTo("an owner who is not told at " + API);
    assertThat(Account.of(Account.EMULATOR, null, "f1", null).describe())
        .isEqualTo("user f1 of the emulator");
  }
}
