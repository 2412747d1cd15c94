"""Starts the service that knows the transforms: a jar, run by Java."""

import atexit
import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apache_beam.transforms.external import JavaJarExpansionService

from nomadic_beam.jar import find_jar

_LOCAL_RUNNERS = ("DirectRunner", "FnApiRunner", "PrismRunner")

# Without ``with Pipeline()``, Beam stops a service before the pipeline runs.
_held_open = contextlib.ExitStack()
atexit.register(_held_open.close)

_services: dict[tuple[Path, bool], Any] = {}


class JavaNotFoundError(RuntimeError):
    """There is no Java to run the jar with."""


def require_java(environment: Mapping[str, str] = os.environ) -> None:
    """Checks that Beam will find a ``java``.

    Raises:
        JavaNotFoundError: with what to install.
    """
    home = environment.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else None
    if java and java.is_file():
        return
    if shutil.which("java", path=environment.get("PATH")) is None:
        raise JavaNotFoundError(
            "the transforms of nomadic-beam run on Java 17 or newer, and there is none: install a"
            " JDK or JRE, and set JAVA_HOME or PATH"
        )


def service_for(pipeline: Any) -> Any:  # noqa: ANN401
    """The service for a pipeline, held open until this process ends.

    A local runner's Java steps run in the service itself; others bring workers of their own.
    """
    require_java()
    jar = find_jar()
    is_local = type(pipeline.runner).__name__.endswith(_LOCAL_RUNNERS)
    service = _services.get((jar, is_local))
    if service is None:
        args = ["{{PORT}}", f"--filesToStage={jar}"]
        if is_local:
            args.append("--alsoStartLoopbackWorker")
        service = JavaJarExpansionService(str(jar), extra_args=args)
        _held_open.enter_context(service)
        _services[(jar, is_local)] = service
    return service
