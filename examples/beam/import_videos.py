"""Imports videos from a pipeline in Python, and prints what became of each.

It takes the key in NOMADIC_API_KEY and the jar in NOMADIC_BEAM_JAR:

    python examples/beam/import_videos.py --status_table=jdbc:sqlite:status.db s3://drive-data/a.mp4
"""

import argparse

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from nomadic_beam import ImportVideos


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("uris", nargs="+")
    parser.add_argument("--status_table", required=True)
    parser.add_argument("--api_url")
    parser.add_argument("--folder")
    arguments, beam_arguments = parser.parse_known_args()

    with beam.Pipeline(options=PipelineOptions(beam_arguments)) as pipeline:
        rows = pipeline | beam.Create([beam.Row(uri=uri) for uri in arguments.uris])
        outcomes, errors = rows | ImportVideos(
            status_table=arguments.status_table,
            api_url=arguments.api_url,
            folder=arguments.folder,
        )
        outcomes | "PrintOutcomes" >> beam.Map(lambda row: print(row.state, row.source_uri))
        errors | "PrintErrors" >> beam.Map(lambda row: print(row.error_code, row.text))


if __name__ == "__main__":
    main()
