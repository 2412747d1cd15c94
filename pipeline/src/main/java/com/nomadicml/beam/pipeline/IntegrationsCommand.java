package com.nomadicml.beam.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nomadicml.beam.api.ApiException;
import com.nomadicml.beam.api.Integration;
import com.nomadicml.beam.api.NomadicApi;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists, shows, adds and deletes saved cloud integrations. */
@Command(
    name = "integrations",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = AddIntegrationCommand.class,
    description = "Manages the saved cloud integrations.",
    footer = {
      "",
      "Examples",
      "  nomadic-import integrations list",
      "  nomadic-import integrations add s3 --name=fleet --bucket=fleet",
      "",
      "More: docs/destinations.md"
    })
final class IntegrationsCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lists the integrations that the owner of the key can see.")
  int list(
      @Mixin ApiCommandOptions api,
      @Option(names = "--json", description = "Prints one JSON array.") boolean json)
      throws ApiException {
    List<Integration> integrations = api.open().integrations();
    if (json) {
      ArrayNode all = JSON.createArrayNode();
      integrations.forEach(integration -> all.add(json(integration)));
      print(all);
    } else {
      integrations.forEach(integration -> print(out(), integration));
    }
    return ExitCode.OK;
  }

  @Command(mixinStandardHelpOptions = true, description = "Shows one integration.")
  int get(
      @Mixin ApiCommandOptions api,
      @Option(names = "--json", description = "Prints one JSON object.") boolean json,
      @Parameters(paramLabel = "ID") String id)
      throws ApiException {
    Integration integration = api.open().getIntegration(id);
    if (json) {
      print(json(integration));
    } else {
      print(out(), integration);
    }
    return ExitCode.OK;
  }

  @Command(mixinStandardHelpOptions = true, description = "Deletes one integration.")
  int delete(@Mixin ApiCommandOptions api, @Parameters(paramLabel = "ID") String id)
      throws ApiException {
    NomadicApi client = api.open();
    client.deleteIntegration(id);
    out().printf("deleted %s%n", id);
    out().flush();
    return ExitCode.OK;
  }

  @Command(
      name = "setup",
      mixinStandardHelpOptions = true,
      description = "Shows what an AWS role must trust for s3-storage-transfer.")
  int setup(@Mixin ApiCommandOptions api) throws ApiException {
    api.open()
        .storageTransferSetup()
        .forEach((name, value) -> out().printf("%s: %s%n", name, value));
    out().flush();
    return ExitCode.OK;
  }

  private void print(JsonNode json) {
    out().println(json);
    out().flush();
  }

  private static ObjectNode json(Integration integration) {
    return JSON.createObjectNode()
        .put("id", integration.id())
        .put("type", integration.type())
        .put("bucket", integration.bucket())
        .put("prefix", integration.prefix())
        .put("name", integration.name())
        .put("region", integration.region())
        .put("endpointUrl", integration.endpointUrl())
        .put("isOwner", integration.isOwner());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  static void print(PrintWriter out, Integration integration) {
    out.printf(
        "%s\t%s\t%s\t%s\t%s\t%s%n",
        integration.id(),
        Objects.toString(integration.type(), ""),
        Objects.toString(integration.bucket(), ""),
        Objects.toString(integration.prefix(), ""),
        Objects.toString(integration.name(), ""),
        Objects.toString(integration.endpointUrl(), ""));
    out.flush();
  }
}
