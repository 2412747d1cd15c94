"""The emulator with a recording proxy in front of it, both clients of the API, and where they meet."""

import json
import logging
import os
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from nomadic import NomadicAI

from recording_proxy import RecordingProxy

LAUNCHER = Path(__file__).resolve().parents[2] / "nomadic-import"
KEY = "sk-vendor-client-test"
GREETING = "The emulator listens on "
SECONDS = 300


class Surroundings:
    """Starts all on free ports; `close` ends what it started."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="vendor-client")
        self.directory = Path(self._directory.name)
        self._emulator = subprocess.Popen(
            [
                LAUNCHER,
                "emulator",
                "--port=0",
                "--requestsPerMinute=0",
                "--requestsPerDay=0",
                "--appearWithin=PT0S",
                "--processWithin=PT0S",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in self._emulator.stdout:
            if line.startswith(GREETING):
                self._emulator_url = line.removeprefix(GREETING).strip()
                break
        else:
            raise RuntimeError("the emulator ended before it listened; its words are above")
        self.proxy = RecordingProxy(self._emulator_url)
        # It logs each refusal, and some are asked for.
        logging.getLogger("nomadicai").setLevel(logging.CRITICAL)
        self.vendor = NomadicAI(api_key=KEY, base_url=self.proxy.url)

    def nomadic_import(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs the launcher against the proxy and lets it end as it will."""
        return subprocess.run(
            [LAUNCHER, *arguments, f"--apiUrl={self.proxy.url}"],
            env={**os.environ, "NOMADIC_API_KEY": KEY},
            cwd=self.directory,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def change_emulator(self, **options):
        """Changes how the emulator behaves from now on."""
        change = urllib.request.Request(
            f"{self._emulator_url}/_emulator/options",
            json.dumps(options).encode(),
            {"Content-Type": "application/json"},
            method="PATCH",
        )
        urllib.request.urlopen(change, timeout=SECONDS).close()

    def close(self):
        self._emulator.terminate()
        self._emulator.wait()
        self._emulator.stdout.close()
        self.vendor.session.close()
        self.proxy.close()
        self._directory.cleanup()
