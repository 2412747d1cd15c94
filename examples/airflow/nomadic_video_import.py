"""Imports each night's manifest: starts the Flex Template, waits, and reads the run's verdict.

It needs Airflow 3 with a triggerer, and ``apache-airflow-providers-google[apache-beam]``. The
connection ``google_cloud_default`` launches the job and queries BigQuery. The names in capitals
are yours to change. docs/operations.md tells more.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.google.cloud.operators.bigquery import BigQueryCheckOperator
from airflow.providers.google.cloud.operators.dataflow import DataflowStartFlexTemplateOperator
from airflow.sdk import DAG

PROJECT = "fleet-project"
REGION = "us-central1"
TEMPLATE = "gs://fleet-templates/templates/flex/Nomadic_Video_Import"
WORKERS = f"nomadic-import-worker@{PROJECT}.iam.gserviceaccount.com"
DATASET = "nomadic_import"
MANIFEST = "gs://fleet/manifests/{{ ds }}.csv"

# The template's parameters. The key is not among them: its name in Secret Manager is.
PARAMETERS = {
    "manifest": MANIFEST,
    "statusTable": f"bigquery:{PROJECT}.{DATASET}",
    "apiKeySecret": f"projects/{PROJECT}/secrets/nomadic-api-key/versions/latest",
    "folder": "fleet",
    "maxAttempts": "3",
}

# A job that Dataflow calls done may have left videos behind: the last step of the job writes its
# run's row, which says so. The task fails if a column is false, or if there is no row.
VERDICT = f"""
SELECT
  state = 'COMPLETED' AS all_uploaded,
  rejected = 0 AS none_rejected,
  failed = 0 AS none_failed,
  missing = 0 AS none_missing,
  refused = 0 AS none_refused,
  open + unknown + stopped = 0 AS none_open
FROM {DATASET}.import_runs
WHERE manifest = @manifest AND started_at >= @since
ORDER BY started_at DESC
LIMIT 1
"""

with DAG(
    "nomadic_video_import",
    schedule="15 2 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    # One run per destination at a time.
    max_active_runs=1,
):
    import_videos = DataflowStartFlexTemplateOperator(
        task_id="import_videos",
        project_id=PROJECT,
        location=REGION,
        body={
            "launchParameter": {
                "jobName": "nomadic-video-import",
                "containerSpecGcsPath": TEMPLATE,
                "parameters": PARAMETERS,
                "environment": {"maxWorkers": 1, "serviceAccountEmail": WORKERS},
            }
        },
        # Dataflow runs one job of a name at a time, which keeps two nights apart.
        append_job_name=False,
        deferrable=True,
    )

    read_verdict = BigQueryCheckOperator(
        task_id="read_verdict",
        project_id=PROJECT,
        location=REGION,
        sql=VERDICT,
        query_params=[
            {
                "name": "manifest",
                "parameterType": {"type": "STRING"},
                "parameterValue": {"value": MANIFEST},
            },
            {
                "name": "since",
                "parameterType": {"type": "TIMESTAMP"},
                "parameterValue": {"value": "{{ dag_run.start_date }}"},
            },
        ],
        use_legacy_sql=False,
        # Query parameters are for this mode alone.
        deferrable=True,
        # BigQuery is asked again if it can't be reached. A verdict does not change.
        retry_on_failure=False,
        retries=3,
        retry_delay=timedelta(minutes=1),
    )

    import_videos >> read_verdict
