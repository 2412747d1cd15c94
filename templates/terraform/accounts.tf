# The workers and the launcher: read manifests and the key, write the status tables.
resource "google_service_account" "worker" {
  account_id   = "nomadic-import-worker"
  display_name = "Workers of the NomadicML import"
}

# bigquery.user runs the queries of the ledger, and makes the dataset of their answers; it reads no table.
resource "google_project_iam_member" "worker" {
  for_each = toset(["roles/dataflow.worker", "roles/bigquery.user"])

  project = var.project
  role    = each.value
  member  = google_service_account.worker.member
}

resource "google_bigquery_dataset_iam_member" "worker" {
  dataset_id = google_bigquery_dataset.import.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_temp" {
  bucket = google_storage_bucket.temp.name
  role   = "roles/storage.objectAdmin"
  member = google_service_account.worker.member
}

# Who could write the template's specification would decide what the next job runs.
resource "google_storage_bucket_iam_member" "worker_template" {
  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

resource "google_storage_bucket_iam_member" "worker_manifests" {
  for_each = var.manifest_buckets

  bucket = each.value
  role   = "roles/storage.objectViewer"
  member = google_service_account.worker.member
}

# Where deadLetter is a topic, the workers publish to it.
resource "google_pubsub_topic_iam_member" "worker_dead_letters" {
  count = startswith(coalesce(var.deadLetter, "none"), "pubsub:") ? 1 : 0

  topic  = trimprefix(var.deadLetter, "pubsub:")
  role   = "roles/pubsub.publisher"
  member = google_service_account.worker.member
}

resource "google_secret_manager_secret_iam_member" "worker" {
  secret_id = google_secret_manager_secret.api_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

# The password of a status table in PostgreSQL, where statusTableSecret names a secret of Secret Manager.
resource "google_secret_manager_secret_iam_member" "worker_status_table" {
  count = startswith(coalesce(var.statusTableSecret, "none"), "projects/") ? 1 : 0

  secret_id = regex("^projects/[^/]+/secrets/[^/]+", var.statusTableSecret)
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

resource "google_artifact_registry_repository_iam_member" "worker" {
  location   = var.region
  repository = var.image_repository
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.worker.member
}

# The workflow: launches jobs, as the workers' account, from the specification in the bucket.
resource "google_service_account" "launcher" {
  account_id   = "nomadic-import-launcher"
  display_name = "Launches the NomadicML import every night"
}

resource "google_project_iam_member" "launcher" {
  for_each = toset(["roles/dataflow.developer", "roles/logging.logWriter"])

  project = var.project
  role    = each.value
  member  = google_service_account.launcher.member
}

resource "google_service_account_iam_member" "launcher" {
  service_account_id = google_service_account.worker.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.launcher.member
}

resource "google_storage_bucket_iam_member" "launcher" {
  bucket = var.bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.launcher.member
}

# The schedule: starts the workflow, and nothing else.
resource "google_service_account" "scheduler" {
  account_id   = "nomadic-import-scheduler"
  display_name = "Starts the workflow of the NomadicML import"
}

# A workflow has no policy of its own, and its name can be in no condition; so it is known by a tag.
resource "google_project_iam_member" "scheduler" {
  project = var.project
  role    = "roles/workflows.invoker"
  member  = google_service_account.scheduler.member

  condition {
    title      = "the nightly workflow alone"
    expression = "resource.matchTagId('${google_tags_tag_key.workflow.id}', '${google_tags_tag_value.nightly.id}')"
  }
}

resource "google_tags_tag_key" "workflow" {
  parent      = "projects/${var.project}"
  short_name  = "nomadic-import-workflow"
  description = "Which workflow the schedule of the NomadicML import may start."

  depends_on = [google_project_service.required]
}

resource "google_tags_tag_value" "nightly" {
  parent      = google_tags_tag_key.workflow.id
  short_name  = "nightly"
  description = "The one that launches the import."
}

data "google_project" "import" {
  project_id = var.project
}

resource "google_tags_location_tag_binding" "nightly" {
  parent    = "//workflows.googleapis.com/projects/${data.google_project.import.number}/locations/${var.region}/workflows/${google_workflows_workflow.nightly.name}"
  tag_value = google_tags_tag_value.nightly.id
  location  = var.region
}
