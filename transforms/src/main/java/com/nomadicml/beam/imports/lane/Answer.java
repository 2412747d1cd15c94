package com.nomadicml.beam.imports.lane;

import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.RequestsEndedException;
import com.nomadicml.beam.imports.FolderAnswer;
import com.nomadicml.beam.imports.FolderName;
import com.nomadicml.beam.imports.ImportRefusedException;
import com.nomadicml.beam.imports.JobReader;
import com.nomadicml.beam.model.ImportBatch;
import com.nomadicml.beam.status.LaneStore.Fixed;
import com.nomadicml.beam.status.StatusStoreException;
import javax.annotation.Nullable;

/**
 * How a request ended.
 *
 * @param sent the batch that was sent; null for other requests
 * @param value what the API has answered; null when it has not, or was not asked
 * @param failure why not, or null
 */
record Answer(
    Request request,
    @Nullable ImportBatch sent,
    @Nullable Object value,
    @Nullable Exception failure) {

  /** Whether the request was certainly not made: what has to admit it could not be asked. */
  boolean isUnsent() {
    return failure != null
        && (failure.getCause() instanceof StatusStoreException
            || failure.getCause() instanceof ImportRefusedException);
  }

  /** A call of the API. */
  private interface Call {
    Object of(NomadicApi api) throws ApiException;
  }

  /** Whether there was nothing to send. */
  boolean isGone() {
    return value == null && failure == null;
  }

  /** There was nothing to send any more. */
  static Answer gone(Request.Send send) {
    return new Answer(send, null, null, null);
  }

  static Answer to(Fixed fixed, NomadicApi api) {
    return ask(
        new Request.Send(fixed.batch().getJob(), fixed.sends()),
        fixed.batch().getBatch(),
        api,
        to -> to.submit(FixedBody.parse(fixed.body().text()), fixed.body().key()));
  }

  static Answer to(Request request, NomadicApi api, JobReader reader) {
    if (request instanceof Request.Read read) {
      return ask(read, null, api, to -> reader.read(read.job(), read.cursor()));
    }
    if (request instanceof Request.Resolve resolve) {
      FolderName folder = FolderName.of(resolve.target().getScope(), resolve.target().getFolder());
      return ask(resolve, null, api, to -> FolderAnswer.lookUp(to, folder));
    }
    return ask(request, null, api, NomadicApi::integrations);
  }

  private static Answer ask(
      Request request, @Nullable ImportBatch sent, NomadicApi api, Call call) {
    try {
      return new Answer(request, sent, call.of(api), null);
    } catch (ApiException | RequestsEndedException e) {
      return new Answer(request, sent, null, e);
    } catch (RuntimeException | Error e) {
      // Whatever it is, the lane has to hear of it: it waits for an answer.
      return new Answer(request, sent, null, new IllegalStateException("a request broke", e));
    }
  }
}
