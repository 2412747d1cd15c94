"""Imports cloud videos into NomadicML, as steps of an Apache Beam pipeline."""

from nomadic_beam.expansion import JavaNotFoundError
from nomadic_beam.jar import JarNotFoundError
from nomadic_beam.transforms import Imported, ImportVideos, Manifests, ReadManifests

__all__ = [
    "ImportVideos",
    "Imported",
    "JarNotFoundError",
    "JavaNotFoundError",
    "Manifests",
    "ReadManifests",
]
