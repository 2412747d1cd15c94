"""Pipelines in Python and YAML against the emulator. What counts is what is in the tables."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
LIMIT = 300
URIS = 2_000

pytestmark = pytest.mark.skipif(
    "NOMADIC_BEAM_JAR" not in os.environ, reason="takes the jar: see .ci/python/run"
)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NOMADIC_API_KEY": "sk-rehearsal"}
    ended = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        timeout=LIMIT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as tables:
        return tables.execute(sql).fetchall()


SETS_AND_BAD_ROWS = f"""
import sys
from typing import NamedTuple, Optional
import apache_beam as beam
from nomadic_beam import ImportVideos

class Line(NamedTuple):
    uri: Optional[str] = None
    front: Optional[str] = None
    left: Optional[str] = None

beam.coders.registry.register_coder(Line, beam.coders.RowCoder)
LINES = (
    [Line(f"s3://drive-data/{{i}}.mp4") for i in range({URIS})]
    + [Line(front=f"s3://sets/f{{i}}.mp4", left=f"s3://sets/l{{i}}.mp4") for i in range(10)]
    + [Line("nonsense"), Line("s3://drive-data/*.mp4")]
)

def pipe(pipeline):
    rows = pipeline | beam.Create(LINES).with_output_types(Line)
    outcomes, errors = rows | ImportVideos(
        status_table=sys.argv[1],
        api_url=sys.argv[2],
        batch_size=500,
        requests_per_minute=0,
        requests_per_day=0,
    )
    for name, rows, field in (("outcome", outcomes, "state"), ("error", errors, "error_code")):
        (
            rows
            | name >> beam.Map(lambda row, field=field: getattr(row, field))
            | f"{{name}}s" >> beam.combiners.Count.PerElement()
            | f"print {{name}}s" >> beam.Map(lambda count, name=name: print(name, *count))
        )

if sys.argv[3] == "with":
    with beam.Pipeline() as pipeline:
        pipe(pipeline)
else:
    pipeline = beam.Pipeline()
    pipe(pipeline)
    pipeline.run().wait_until_finish()
"""


def test_python_twice(api_url: str, tmp_path: Path) -> None:
    database = tmp_path / "status.db"
    script = tmp_path / "pipeline.py"
    script.write_text(SETS_AND_BAD_ROWS)
    told = {f"outcome UPLOADED {URIS + 10}", "error NOT_A_URI 1", "error WILDCARD 1"}
    for way in ("with", "without"):
        ended = python(str(script), f"jdbc:sqlite:{database}", api_url, way)
        assert told <= set(ended.stdout.splitlines())
        assert rows(database, "SELECT state, COUNT(*) FROM import_videos GROUP BY state") == [
            ("REJECTED", 2),
            ("UPLOADED", URIS + 10),
        ]
        assert rows(database, "SELECT COUNT(*) FROM import_videos WHERE views IS NOT NULL") == [
            (10,)
        ]
        assert rows(database, "SELECT COUNT(*) FROM import_leases") == [(0,)]
    # The second run has asked for the key alone, and sent nothing again.
    assert rows(database, "SELECT uploaded, requests FROM import_runs ORDER BY started_at")[1] == (
        0,
        1,
    )


def test_the_example_in_python(api_url: str, tmp_path: Path) -> None:
    database = tmp_path / "status.db"
    ended = python(
        str(HOME / "examples/beam/import_videos.py"),
        f"--status_table=jdbc:sqlite:{database}",
        f"--api_url={api_url}",
        "--folder=From Python",
        "s3://drive-data/a.mp4",
        "oops",
    )
    assert "UPLOADED s3://drive-data/a.mp4" in ended.stdout
    assert 'NOT_A_URI {"uri":"oops"}' in ended.stdout
    assert rows(database, "SELECT destination, state FROM import_videos ORDER BY state") == [
        ("user/From Python", "REJECTED"),
        ("user/From Python", "UPLOADED"),
    ]


def test_the_example_in_yaml(api_url: str, tmp_path: Path) -> None:
    manifest = tmp_path / "fleet.csv"
    manifest.write_text("uri,folder\ns3://drive-data/y.mp4,\ns3://drive-data/z.mp4,Own\nbad,\n")
    database = tmp_path / "status.db"
    # The jar is where the page says that it is.
    variables = shown_variables() | {
        "manifest": str(manifest),
        "status_table": f"jdbc:sqlite:{database}",
        "api_url": api_url,
        "requests_per_minute": 0,
        "output": str(tmp_path),
    }
    python(
        "-m",
        "apache_beam.yaml.main",
        f"--yaml_pipeline_file={HOME / 'examples/beam/import.yaml'}",
        f"--jinja_variables={json.dumps(variables)}",
    )
    assert rows(
        database,
        "SELECT destination, source_uri, state, manifest, line FROM import_videos ORDER BY line",
    ) == [
        ("user/Beam YAML", "s3://drive-data/y.mp4", "UPLOADED", str(manifest), 2),
        ("user/Own", "s3://drive-data/z.mp4", "UPLOADED", str(manifest), 3),
    ]
    assert [row["state"] for row in lines(tmp_path, "outcomes")] == ["UPLOADED"] * 2
    assert [(row["line"], row["text"]) for row in lines(tmp_path, "unreadable")] == [(4, "bad,")]


@pytest.mark.parametrize(
    ("page", "example"), [("python.md", "import_videos.py"), ("yaml.md", "import.yaml")]
)
def test_a_page_shows_the_example_that_runs(page: str, example: str) -> None:
    shown = (HOME / "docs" / page).read_text()
    assert (HOME / "examples/beam" / example).read_text() in shown


def shown_variables() -> dict[str, object]:
    """Those of the command in docs/yaml.md, as a shell in this checkout makes them."""
    command = (HOME / "docs/yaml.md").read_text().split("--jinja_variables='")[1]
    return json.loads(command.split("}'")[0].replace("'\"$PWD\"'", str(HOME)) + "}")


def lines(directory: Path, name: str) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for file in sorted(directory.glob(f"{name}*"))
        for line in file.read_text().splitlines()
    ]
