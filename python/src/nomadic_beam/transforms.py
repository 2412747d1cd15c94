"""The transforms."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.external import SchemaAwareExternalTransform

from nomadic_beam.expansion import service_for

_IMPORT_VIDEOS = "beam:schematransform:com.nomadicml:import_videos:v1"
_READ_MANIFESTS = "beam:schematransform:com.nomadicml:read_manifests:v1"


class Imported(NamedTuple):
    """What an import yields.

    Attributes:
        outcomes: a row for each item; its fields are columns of the table ``import_videos``.
        errors: a row for each input row that is never sent: text, error_code, error_message,
            manifest and line.
    """

    outcomes: beam.PCollection
    errors: beam.PCollection


class Manifests(NamedTuple):
    """What reading manifests yields.

    Attributes:
        entries: a row for each good line, which :class:`ImportVideos` takes.
        errors: a row for each bad line: text, error_code, error_message, manifest and line.
    """

    entries: beam.PCollection
    errors: beam.PCollection


class ImportVideos(beam.PTransform):
    """Imports the videos that rows name, and yields what became of each.

    Takes a bounded collection of rows with a schema. Their fields are named as the columns of a
    manifest are: ``uri``, or ``front``, ``left`` and so on for a multi-view set, and ``folder``,
    ``scope``, ``integration_id`` where a row has its own. The status tables say at any time how far
    the import is; an item that they know as done is not sent again, and yields its outcome.

    Example:
        .. code-block:: python

            with beam.Pipeline() as pipeline:
                rows = pipeline | beam.Create([beam.Row(uri="s3://drive-data/a.mp4")])
                outcomes, errors = rows | ImportVideos(
                    status_table="jdbc:sqlite:import-status.db", folder="Night drives"
                )
                outcomes | beam.Map(lambda row: print(row.source_uri, row.state))
    """

    def __init__(
        self,
        *,
        status_table: str,
        status_table_secret: str | None = None,
        api_url: str | None = None,
        api_key_secret: str | None = None,
        folder: str | None = None,
        scope: str | None = None,
        integrations: Mapping[str, str] | None = None,
        collection: str | None = None,
        uri_field: str | None = None,
        columns: str | None = None,
        labels: Sequence[str] | None = None,
        batch_size: int | None = None,
        page_size: int | str | None = None,
        requests_per_minute: int | None = None,
        requests_per_day: int | None = None,
        on_quota: str | None = None,
        api_lanes: int | None = None,
        max_attempts: int | None = None,
        await_timeout: str | None = None,
        patience: str | None = None,
        on_unknown_submit: str | None = None,
        canary: bool | None = None,
        expansion_service: Any = None,  # noqa: ANN401
    ) -> None:
        """Takes the options of an import, by their names in snake case.

        Args:
            status_table: ``jdbc:sqlite:FILE``, ``jdbc:postgresql://HOST/DATABASE`` or
                ``bigquery:PROJECT.DATASET``. A file is for local runners only.
            status_table_secret: where the password of a PostgreSQL status table is found.
            api_url: base URL of the API; by default the vendor's.
            api_key_secret: where the key is found: ``env:NAME``, ``file:PATH`` or a secret
                manager's name. By default ``env:NOMADIC_API_KEY``, as the *workers* have it.
            folder: the folder to import into; a row's own wins.
            scope: ``user`` or ``org``; a row's own wins.
            integrations: saved integrations by bucket.
            collection: the collection to import into, by default ``videos``.
            uri_field: the field that holds the URI.
            columns: which fields mean what, as in ``uri=path,front=cam_f,folder=-``.
            labels: fields that travel to the labels of an item.
            batch_size: items of a request at most.
            page_size: rows of a page, or ``auto``.
            requests_per_minute: at most; 0 for no limit.
            requests_per_day: at most; 0 for no limit.
            on_quota: ``pause`` or ``wait``, once the requests of the day are spent.
            api_lanes: requests in flight at once.
            max_attempts: how often a failed item is imported in all, across runs.
            await_timeout: how long a job is awaited, as ``PT6H``.
            patience: how long an API or a table that is away is waited for, as ``PT2H``.
            on_unknown_submit: ``resend`` or ``hold``.
            canary: whether a target of several batches is tried with a few items first.
            expansion_service: another service than the one that this package starts.
        """
        super().__init__()
        self._configuration = {
            "status_table": status_table,
            "status_table_secret": status_table_secret,
            "api_url": api_url,
            "api_key_secret": api_key_secret,
            "folder": folder,
            "scope": scope,
            "integrations": None if integrations is None else dict(integrations),
            "collection": collection,
            "uri_field": uri_field,
            "columns": columns,
            "labels": None if labels is None else list(labels),
            "batch_size": batch_size,
            "page_size": None if page_size is None else str(page_size),
            "requests_per_minute": requests_per_minute,
            "requests_per_day": requests_per_day,
            "on_quota": on_quota,
            "api_lanes": api_lanes,
            "max_attempts": max_attempts,
            "await_timeout": await_timeout,
            "patience": patience,
            "on_unknown_submit": on_unknown_submit,
            "canary": canary,
        }
        self._service = expansion_service

    def default_type_hints(self) -> None:
        """Has none: the result is a tuple of collections, which Beam's hints can't say."""

    def expand(self, rows: beam.PCollection) -> Imported:
        """Applies it to rows."""
        outputs = {"input": rows} | _external(
            _IMPORT_VIDEOS, self._service or service_for(rows.pipeline), self._configuration
        )
        return Imported(outputs["output"], outputs["errors"])


class ReadManifests(beam.PTransform):
    """Reads manifests of video URIs, in any format that the importer knows.

    Example:
        .. code-block:: python

            with beam.Pipeline() as pipeline:
                entries, errors = pipeline | ReadManifests("gs://fleet/manifests/*.csv.gz")
                outcomes, _ = entries | ImportVideos(status_table="bigquery:project.dataset")
    """

    def __init__(
        self,
        manifest: str,
        *,
        manifest_format: str | None = None,
        uri_field: str | None = None,
        columns: str | None = None,
        labels: Sequence[str] | None = None,
        expand_wildcards: bool | None = None,
        expansion_service: Any = None,  # noqa: ANN401
    ) -> None:
        """Takes what is to be read.

        Args:
            manifest: comma-separated paths or globs: local, ``gs://`` or ``s3://``.
            manifest_format: by default the file's name decides.
            uri_field: the column or property that holds the URI.
            columns: which columns mean what, as in ``uri=path,front=cam_f,folder=-``.
            labels: columns that travel to the labels of an item.
            expand_wildcards: whether a line with a wildcard is listed into its objects.
            expansion_service: another service than the one that this package starts.
        """
        super().__init__()
        self._configuration = {
            "manifest": manifest,
            "manifest_format": manifest_format,
            "uri_field": uri_field,
            "columns": columns,
            "labels": None if labels is None else list(labels),
            "expand": expand_wildcards,
        }
        self._service = expansion_service

    def default_type_hints(self) -> None:
        """Has none: the result is a tuple of collections, which Beam's hints can't say."""

    def expand(self, begin: Any) -> Manifests:  # noqa: ANN401
        """Applies it to a pipeline."""
        outputs = begin | _external(
            _READ_MANIFESTS, self._service or service_for(begin.pipeline), self._configuration
        )
        return Manifests(outputs["output"], outputs["errors"])


def _external(
    identifier: str,
    service: Any,  # noqa: ANN401
    configuration: Mapping[str, Any],
) -> SchemaAwareExternalTransform:
    given = {name: value for name, value in configuration.items() if value is not None}
    return SchemaAwareExternalTransform(
        identifier, service, rearrange_based_on_discovery=True, **given
    )
