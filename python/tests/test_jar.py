"""Where the jar is found."""

import hashlib
from pathlib import Path

import pytest
from nomadic_beam.jar import JarNotFoundError, find_jar

NOWHERE = Path("/nowhere/nomadic-expansion.jar")


def test_the_named_jar_wins(tmp_path: Path) -> None:
    named, beside = tmp_path / "a.jar", tmp_path / "b.jar"
    named.touch()
    beside.touch()
    assert find_jar({"NOMADIC_BEAM_JAR": str(named)}, beside) == named
    assert find_jar({}, beside) == beside


def test_a_named_jar_that_is_not_there_is_an_error() -> None:
    with pytest.raises(JarNotFoundError, match="NOMADIC_BEAM_JAR=/nowhere/x names no file"):
        find_jar({"NOMADIC_BEAM_JAR": "/nowhere/x"}, NOWHERE)


def test_no_jar_says_what_to_do() -> None:
    with pytest.raises(JarNotFoundError, match=r"set NOMADIC_BEAM_JAR to .*\(mvn package"):
        find_jar({}, NOWHERE)


def test_a_released_jar_is_fetched_once(tmp_path: Path) -> None:
    released = tmp_path / "released.jar"
    released.write_bytes(b"jar")
    digest = hashlib.sha256(b"jar").hexdigest()
    environment = {
        "NOMADIC_BEAM_JAR_URL": released.as_uri(),
        "NOMADIC_BEAM_JAR_SHA256": digest.upper(),
    }
    cache = tmp_path / "cache"
    jar = find_jar(environment, NOWHERE, cache)
    assert jar.read_bytes() == b"jar"
    released.unlink()
    assert find_jar(environment, NOWHERE, cache) == jar


def test_a_jar_that_was_changed_is_not_run(tmp_path: Path) -> None:
    released = tmp_path / "released.jar"
    released.write_bytes(b"other")
    digest = hashlib.sha256(b"jar").hexdigest()
    with pytest.raises(JarNotFoundError, match=f"not {digest}"):
        find_jar(
            {"NOMADIC_BEAM_JAR_URL": released.as_uri(), "NOMADIC_BEAM_JAR_SHA256": digest},
            NOWHERE,
            tmp_path / "cache",
        )
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"NOMADIC_BEAM_JAR_URL": "https://host/x.jar"}, "without NOMADIC_BEAM_JAR_SHA256"),
        (
            {"NOMADIC_BEAM_JAR_URL": "http://host/x.jar", "NOMADIC_BEAM_JAR_SHA256": "0" * 64},
            "neither https:// nor file://",
        ),
        (
            {"NOMADIC_BEAM_JAR_URL": "file:///nowhere/x", "NOMADIC_BEAM_JAR_SHA256": "0" * 64},
            "can't be fetched",
        ),
    ],
)
def test_what_is_not_safe_or_not_there_is_not_run(
    environment: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(JarNotFoundError, match=message):
        find_jar(environment, NOWHERE, tmp_path)
