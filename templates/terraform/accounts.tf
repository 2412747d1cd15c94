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
  bucket = var.bucket
  role   = "roles/storage.objectAdmin"
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

resource "google_project_iam_member" "scheduler" {
  project = var.project
  role    = "roles/workflows.invoker"
  member  = google_service_account.scheduler.member
}
