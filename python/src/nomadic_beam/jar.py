"""Finds the jar that holds the transforms."""

import hashlib
import os
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path

JAR = "NOMADIC_BEAM_JAR"
URL = "NOMADIC_BEAM_JAR_URL"
SHA256 = "NOMADIC_BEAM_JAR_SHA256"

_BESIDE = Path(__file__).parent / "jars" / "nomadic-expansion.jar"
_CHUNK = 1 << 20


class JarNotFoundError(RuntimeError):
    """There is no jar where it was looked for, or it is not the one that was meant."""


def find_jar(
    environment: Mapping[str, str] = os.environ,
    beside: Path = _BESIDE,
    cache: Path | None = None,
) -> Path:
    """Returns the jar that ``NOMADIC_BEAM_JAR`` names, else the one beside this package.

    Else the one at ``NOMADIC_BEAM_JAR_URL`` (https or file), which is fetched once into ``cache``
    and has to have the digest in ``NOMADIC_BEAM_JAR_SHA256``.

    Raises:
        JarNotFoundError: with where it was looked for, and what to do.
    """
    named = environment.get(JAR)
    if named:
        if not Path(named).is_file():
            raise JarNotFoundError(f"{JAR}={named} names no file: build it, or correct the path")
        return Path(named)
    if beside.is_file():
        return beside
    url = environment.get(URL)
    if url:
        return _fetched(url, environment.get(SHA256), cache or _cache(environment))
    raise JarNotFoundError(
        f"the jar with the transforms is missing: set {JAR} to nomadic-expansion.jar (mvn package"
        f" in a checkout makes expansion/target/nomadic-expansion.jar), or {URL} and {SHA256}"
    )


def _cache(environment: Mapping[str, str]) -> Path:
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "nomadic-beam"


def _fetched(url: str, digest: str | None, cache: Path) -> Path:
    if not digest:
        raise JarNotFoundError(f"{URL} is set without {SHA256}: a jar is run, so name its digest")
    if not url.startswith(("https://", "file://")):
        raise JarNotFoundError(f"{URL}={url} is neither https:// nor file://")
    wanted = digest.strip().lower()
    jar = cache / f"{wanted}.jar"
    if jar.is_file() and _digest(jar) == wanted:
        return jar
    cache.mkdir(parents=True, exist_ok=True)
    # A name of its own, as two processes may fetch it at once.
    handle, name = tempfile.mkstemp(dir=cache, suffix=".part")
    part = Path(name)
    try:
        with urllib.request.urlopen(url) as source, os.fdopen(handle, "wb") as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
        found = _digest(part)
        if found != wanted:
            raise JarNotFoundError(f"{url} has the digest {found}, not {wanted} as {SHA256} says")
        part.replace(jar)
    except OSError as e:
        raise JarNotFoundError(f"{url} can't be fetched: {e}") from e
    finally:
        part.unlink(missing_ok=True)
    return jar


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
