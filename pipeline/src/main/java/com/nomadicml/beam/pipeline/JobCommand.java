package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.ImportJobInfo;
import com.nomadicml.beam.api.NomadicApi;
import com.nomadicml.beam.api.PageRequest;
import com.nomadicml.beam.api.VideoPage;
import com.nomadicml.beam.api.VideoRow;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows an import job as the API tells it. */
@Command(
    name = "job",
    mixinStandardHelpOptions = true,
    description = "Shows an import job as the API sees it.",
    footer = {
      "",
      "Example",
      "  nomadic-import job ij_a1b2c3d4e5f6 --videos",
      "",
      "More: docs/operations.md"
    })
final class JobCommand implements Callable<Integer> {
  private static final int PAGE_SIZE = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A day's requests: five million videos. */
  private static final int MAX_PAGES = 10_000;

  @Spec private CommandSpec spec;
  @Mixin private ApiCommandOptions api;

  @Parameters(paramLabel = "ID", description = "Import job id, such as ij_a1b2c3d4e5f6.")
  private String id;

  @Option(names = "--videos", description = "List its videos: id, status, URI, reason.")
  private boolean videos;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws ApiException {
    NomadicApi client = api.open();
    PrintWriter out = spec.commandLine().getOut();
    ImportJobInfo job = client.importJob(id);
    if (json) {
      printJson(client, job, out);
      return ExitCode.OK;
    }
    out.printf("job      %s%n", Objects.toString(job.jobId(), id));
    printIfKnown(out, "source", job.source());
    printIfKnown(out, "bucket", job.bucket());
    printIfKnown(out, "prefix", job.prefix());
    printIfKnown(out, "folder", job.folderName());
    printIfKnown(out, "total", job.total());
    printIfKnown(out, "created", text(job.createdAt()));
    printIfKnown(out, "updated", text(job.updatedAt()));
    printIfKnown(out, "completed", text(job.completedAt()));
    if (videos) {
      eachVideo(
          client,
          row ->
              out.printf(
                  "%s\t%s\t%s\t%s%n",
                  row.videoId(),
                  Objects.toString(row.status(), ""),
                  Objects.toString(row.sourceUri(), ""),
                  reason(row)));
    }
    out.flush();
    return ExitCode.OK;
  }

  private void printJson(NomadicApi client, ImportJobInfo job, PrintWriter out)
      throws ApiException {
    ObjectNode json =
        JSON.createObjectNode()
            .put("id", Objects.toString(job.jobId(), id))
            .put("source", job.source())
            .put("bucket", job.bucket())
            .put("prefix", job.prefix())
            .put("folder", job.folderName())
            .put("total", job.total())
            .put("createdAt", text(job.createdAt()))
            .put("updatedAt", text(job.updatedAt()))
            .put("completedAt", text(job.completedAt()));
    if (videos) {
      ArrayNode all = json.putArray("videos");
      eachVideo(
          client,
          row ->
              all.addObject()
                  .put("id", row.videoId())
                  .put("status", row.status())
                  .put("uri", row.sourceUri())
                  .put("reason", reason(row).isEmpty() ? null : reason(row)));
    }
    out.println(json);
    out.flush();
  }

  /** Ends where pages show nothing new, too: the API may say for ever that more follows. */
  private void eachVideo(NomadicApi client, Consumer<VideoRow> action) throws ApiException {
    Set<String> cursors = new HashSet<>();
    Set<Integer> shown = new HashSet<>();
    String cursor = null;
    for (int pages = 1; ; pages++) {
      VideoPage page = client.importJobVideos(id, PageRequest.after(PAGE_SIZE, cursor));
      boolean anyNew = page.videos().isEmpty();
      for (VideoRow row : page.videos()) {
        anyNew |= shown.add(row.hashCode());
        action.accept(row);
      }
      if (!page.hasMore()) {
        return;
      }
      cursor = page.nextCursor();
      if (cursor == null || !cursors.add(cursor) || !anyNew || pages == MAX_PAGES) {
        spec.commandLine().getOut().flush();
        throw new IllegalStateException(
            "the API says that more videos follow, but does not show them: the list ends after "
                + pages
                + " pages");
      }
    }
  }

  private static String reason(VideoRow row) {
    if (row.error() != null) {
      return row.error();
    }
    boolean lacksViews = row.views() != null && !row.views().getFailed().isEmpty();
    return lacksViews ? "views failed: " + String.join(", ", row.views().getFailed()) : "";
  }

  private static String text(JsonNode time) {
    return time == null || time.isNull()
        ? null
        : time.isTextual() ? time.asText() : time.toString();
  }

  private static void printIfKnown(PrintWriter out, String name, Object value) {
    if (value != null) {
      out.printf("%-8s %s%n", name, value);
    }
  }
}
