"""A pipeline in Python on an embedded Flink, in batch.

Beam's job server for Flink is not needed: ``PortableFlink.java`` drives the runner's translator.
"""

import os
import sqlite3
import subprocess
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import common_urns
from apache_beam.runners.runner import PipelineResult, PipelineRunner, PipelineState
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer
from apache_beam.transforms.environments import (
    ExternalEnvironment,
    resolve_anyof_environment,
)
from apache_beam.transforms.external import JavaJarExpansionService
from nomadic_beam import ImportVideos

HOME = Path(__file__).parents[2]
LIMIT = 300
OPENED = ("java.lang", "java.nio", "java.util", "sun.nio.ch")

pytestmark = pytest.mark.skipif(
    "NOMADIC_FLINK_JAR" not in os.environ, reason="takes the jar of -Pflink: see .ci/python/flink"
)


class PortableFlinkRunner(PipelineRunner):
    """Runs a pipeline on Flink; its Python steps run in threads of this process."""

    def __init__(self, directory: Path) -> None:
        """Keeps the pipeline's proto in a directory."""
        self._directory = directory

    def run_pipeline(self, pipeline: beam.Pipeline, options: PipelineOptions) -> PipelineResult:
        """Runs it to its end."""
        address, workers = BeamFnExternalWorkerPoolServicer.start()
        proto = pipeline.to_runner_api(default_environment=ExternalEnvironment(address))
        for environment in proto.components.environments.values():
            environment.CopyFrom(
                resolve_anyof_environment(environment, common_urns.environments.EXTERNAL.urn)
            )
        file = self._directory / "pipeline.pb"
        file.write_bytes(proto.SerializeToString())
        try:
            ended = subprocess.run(
                [
                    "java",
                    f"-Djava.util.logging.config.file={HOME / 'quiet-tests.properties'}",
                    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
                    "-cp",
                    os.environ["NOMADIC_FLINK_JAR"],
                    str(Path(__file__).with_name("PortableFlink.java")),
                    str(file),
                ],
                timeout=LIMIT,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            workers.stop(0)
        assert ended.returncode == 0, ended.stderr
        return PipelineResult(PipelineState.DONE)


def test_python_on_flink_in_batch(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOMADIC_API_KEY", "sk-rehearsal")
    jar = os.environ["NOMADIC_BEAM_JAR"]
    database = tmp_path / "status.db"
    told = tmp_path / "outcomes"
    uris = [f"s3://drive-data/{i}.mp4" for i in range(200)]
    with JavaJarExpansionService(
        jar, extra_args=["{{PORT}}", f"--filesToStage={jar}", "--alsoStartLoopbackWorker"]
    ) as service:
        pipeline = beam.Pipeline(runner=PortableFlinkRunner(tmp_path))
        rows = pipeline | beam.Create([beam.Row(uri=uri) for uri in [*uris, "nonsense"]])
        outcomes, errors = rows | ImportVideos(
            status_table=f"jdbc:sqlite:{database}",
            api_url=api_url,
            batch_size=50,
            requests_per_minute=0,
            requests_per_day=0,
            expansion_service=service,
        )
        outcomes | "Outcomes" >> beam.Map(lambda row: append(row.state, told))
        errors | "Errors" >> beam.Map(lambda row: append(row.error_code, told))
        pipeline.run()

    assert sorted(told.read_text().split()) == ["NOT_A_URI"] + ["UPLOADED"] * len(uris)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as tables:
        by_state = "SELECT state, COUNT(*) FROM import_videos GROUP BY state ORDER BY state"
        assert tables.execute(by_state).fetchall() == [("REJECTED", 1), ("UPLOADED", len(uris))]
        assert tables.execute("SELECT state FROM import_runs").fetchall() == [
            ("COMPLETED_WITH_FAILURES",)
        ]


def append(text: str, file: Path) -> None:
    with file.open("a") as lines:
        lines.write(text + "\n")
