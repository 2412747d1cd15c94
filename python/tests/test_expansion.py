"""What is said when there is no Java."""

from pathlib import Path

import pytest
from nomadic_beam.expansion import JavaNotFoundError, require_java


def test_no_java_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(JavaNotFoundError, match="Java 17 or newer"):
        require_java({"PATH": str(tmp_path)})
    with pytest.raises(JavaNotFoundError, match="Java 17 or newer"):
        require_java({"PATH": str(tmp_path), "JAVA_HOME": str(tmp_path)})


def test_java_is_found_by_either_variable(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.touch(mode=0o755)
    require_java({"PATH": str(java.parent)})
    require_java({"PATH": "", "JAVA_HOME": str(tmp_path)})
