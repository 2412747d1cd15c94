"""What the pipelines of several files need."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    """The URL of an emulator without limits."""
    emulator = subprocess.Popen(
        [
            str(HOME / "nomadic-import"),
            "emulator",
            "--port=0",
            "--requestsPerMinute=0",
            "--requestsPerDay=0",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert emulator.stdout is not None
        yield emulator.stdout.readline().split()[-1]
    finally:
        emulator.kill()
        emulator.wait()
