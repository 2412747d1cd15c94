import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.flink.FlinkBatchPortablePipelineTranslator;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.fnexecution.provisioning.JobInfo;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;

/**
 * Runs a portable pipeline on an embedded Flink in batch, as Beam's job server for Flink would.
 * Takes the file of the pipeline's proto. Its workers are at work already: nothing is staged.
 */
final class PortableFlink {
  private PortableFlink() {}

  public static void main(String[] args) throws Exception {
    RunnerApi.Pipeline pipeline =
        RunnerApi.Pipeline.parseFrom(Files.readAllBytes(Path.of(args[0])));
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(2);
    JobInfo job = JobInfo.create("job", "job", "", PipelineOptionsTranslation.toProto(options));
    FlinkBatchPortablePipelineTranslator translator =
        FlinkBatchPortablePipelineTranslator.createTranslator();
    translator
        .translate(
            translator.createTranslationContext(job, options, null, List.of()),
            translator.prepareForTranslation(pipeline))
        .execute("portable");
  }
}
