"""The DAG of examples/airflow, beside the template's metadata and tables of real runs."""

import json
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.exceptions import AirflowException, AirflowFailException
from airflow.providers.google.cloud.operators.bigquery import BigQueryCheckOperator
from airflow.providers.google.cloud.operators.dataflow import DataflowStartFlexTemplateOperator
from airflow.sdk import DAG

HOME = Path(__file__).parents[2]
METADATA = HOME / "templates/src/main/metadata/Nomadic_Video_Import.json"


@pytest.fixture(scope="module")
def dag() -> DAG:
    bag = DagBag(HOME / "examples/airflow")
    assert bag.import_errors == {}
    assert list(bag.dags) == ["nomadic_video_import"]
    return bag.dags["nomadic_video_import"]


def launch_of(dag: DAG) -> dict[str, object]:
    return dag.get_task("import_videos").body["launchParameter"]


def test_the_import_comes_before_its_verdict(dag: DAG) -> None:
    starts, reads = dag.get_task("import_videos"), dag.get_task("read_verdict")
    assert isinstance(starts, DataflowStartFlexTemplateOperator)
    assert isinstance(reads, BigQueryCheckOperator)
    assert set(dag.task_ids) == {"import_videos", "read_verdict"}
    assert starts.downstream_task_ids == {"read_verdict"}
    assert reads.trigger_rule == "all_success"
    assert starts.deferrable and reads.deferrable


def test_two_nights_are_kept_apart(dag: DAG) -> None:
    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert not dag.get_task("import_videos").append_job_name
    assert launch_of(dag)["jobName"] == "nomadic-video-import"


def test_the_template_has_these_parameters(dag: DAG) -> None:
    metadata = json.loads(METADATA.read_text())
    known = {parameter["name"]: parameter for parameter in metadata["parameters"]}
    given = launch_of(dag)["parameters"]
    assert set(given) <= set(known)
    required = {name for name in known if not known[name].get("isOptional")}
    assert required <= set(given)
    for name, value in given.items():
        for regex in known[name].get("regexes", []):
            assert re.fullmatch(regex, value), name


def test_the_key_is_named_and_not_told(dag: DAG) -> None:
    assert launch_of(dag)["parameters"]["apiKeySecret"].startswith(
        "projects/fleet-project/secrets/"
    )
    for file in (HOME / "examples/airflow").iterdir():
        assert file.is_dir() or "sk-" not in file.read_text()


GOOD = "uri\ns3://drive-data/a.mp4\n"
BAD = "uri\ns3://drive-data/a.mp4\ns3://denied-bucket/b.mp4\nnonsense\n"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two manifests, and of the tables of a run of each."""
    directory = tmp_path_factory.mktemp("runs")
    for name, manifest in (("good.csv", GOOD), ("bad.csv", BAD)):
        (directory / name).write_text(manifest)
        ended = subprocess.run(
            [
                str(HOME / "nomadic-import"),
                "--emulator",
                f"--manifest={directory / name}",
                f"--statusTable=jdbc:sqlite:{directory / 'status.db'}",
            ],
            timeout=120,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode in (0, 3), ended.stderr
    return directory


def test_all_uploaded_is_good(dag: DAG, runs: Path) -> None:
    row = verdict(dag, runs, "good.csv", datetime.min)
    assert row == (1,) * 6
    told(dag, row)


def test_what_failed_or_was_rejected_fails_the_task(dag: DAG, runs: Path) -> None:
    row = verdict(dag, runs, "bad.csv", datetime.min)
    assert row == (0, 0, 0, 1, 1, 1)
    with pytest.raises(AirflowFailException, match="Test failed"):
        told(dag, row)


def test_the_verdict_of_another_night_does_not_count(dag: DAG, runs: Path) -> None:
    row = verdict(dag, runs, "good.csv", datetime.now(UTC))
    assert row is None
    with pytest.raises(AirflowException, match="zero rows"):
        told(dag, row)


def verdict(dag: DAG, runs: Path, manifest: str, since: datetime) -> tuple[int, ...] | None:
    """What the DAG's query finds in tables of SQLite, which have the columns of BigQuery's."""
    check = dag.get_task("read_verdict")
    assert [parameter["name"] for parameter in check.query_params] == ["manifest", "since"]
    with sqlite3.connect(":memory:") as connection:
        connection.execute("ATTACH ? AS nomadic_import", [str(runs / "status.db")])
        return connection.execute(
            check.sql, {"manifest": str(runs / manifest), "since": since.isoformat()}
        ).fetchone()


def told(dag: DAG, row: tuple[int, ...] | None) -> None:
    """What the operator makes of the row."""
    dag.get_task("read_verdict").execute_complete({}, {"status": "success", "records": row})
