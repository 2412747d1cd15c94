package com.nomadicml.beam.imports;

import com.nomadicml.beam.api.QuotaLedger;
import com.nomadicml.beam.api.SharedQuota.Grant;
import com.nomadicml.beam.api.SharedQuota.Limits;
import com.nomadicml.beam.api.SharedQuota.Taken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one sender of this process has taken of its account's quota. */
final class QuotaShare {
  private final QuotaLedger ledger;
  private final String sender;
  private final Limits limits;
  private final List<Instant> sent = new ArrayList<>();
  private Instant askedFor = Instant.EPOCH;
  private Instant until = Instant.MIN;
  private int left;
  private boolean isThere;

  QuotaShare(QuotaLedger ledger, String sender, Limits limits) {
    this.ledger = ledger;
    this.sender = sender;
    this.limits = limits;
  }

  /** Takes one request's place; returns when to ask again when there is none, else {@code now}. */
  synchronized Instant take(Instant now) {
    isThere = isThere || ledger.isThere();
    if (!isThere) {
      // The first request of all asks for the key, before there are tables.
      sent.add(now);
      return now;
    }
    if (left == 0 || now.isAfter(until)) {
      List<Instant> told = List.copyOf(sent);
      Grant grant = ledger.take(quota -> quota.take(sender, told, askedFor, limits, now));
      sent.clear();
      left = grant.requests();
      until = grant.until();
      if (left == 0) {
        return until;
      }
    }
    left--;
    sent.add(now);
    return now;
  }

  /** The API wants nothing to be sent before. */
  synchronized void askedToWait(Instant notBefore) {
    askedFor = notBefore.isAfter(askedFor) ? notBefore : askedFor;
    left = 0;
  }

  /** Tells what was sent, and gives the rest back. */
  synchronized void close(Instant now) {
    if (isThere) {
      List<Instant> told = List.copyOf(sent);
      ledger.take(quota -> new Taken(new Grant(now, 0), quota.tell(sender, told, now)));
      sent.clear();
      left = 0;
    }
  }
}
