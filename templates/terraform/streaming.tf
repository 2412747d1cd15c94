# The stream, instead of the nightly jobs: when stream_source or stream_bucket is set.
locals {
  has_stream    = var.stream_source != null || var.stream_bucket != null
  has_pubsub    = var.stream_bucket != null || startswith(coalesce(var.stream_source, "none"), "pubsub:")
  stream_source = var.stream_bucket == null ? var.stream_source : "pubsub:${google_pubsub_subscription.stream[0].id}"

  stream_container_spec_gcs_path = coalesce(var.stream_container_spec_gcs_path, "gs://${google_storage_bucket.temp.name}/templates/flex/Nomadic_Video_Import_Streaming")
  stream_parameters              = { for name, value in merge(local.stream_parameters_given, local.made, { source = local.stream_source }) : name => tostring(value) if value != null }

  # projects/PROJECT/subscriptions/NAME, and its last part.
  subscription    = local.has_pubsub ? trimprefix(local.stream_source, "pubsub:") : ""
  subscription_id = reverse(split("/", local.subscription))[0]

  stream_alerts = {
    for name, alert in {
      stream_behind = {
        title = "NomadicML import: messages wait to be read"
        query = "max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=\"${local.subscription_id}\"}) > ${60 * var.stream_lag_minutes}"
        help  = "A message is acknowledged once its item is PENDING in the tables; a spent quota does not hold it up. So the job is down or can't write the tables: see its state and log."
      }
      stream_lag = {
        title = "NomadicML import: the stream lags"
        query = "max(dataflow_googleapis_com:job_system_lag{monitored_resource=\"dataflow_job\",job_name=\"${var.job_name}-stream\"}) > ${60 * var.stream_lag_minutes}"
        help  = "Work of the job has waited for long. See which step has the lag: an error that is tried again and again is in its log."
      }
    } : name => alert if name == "stream_lag" ? local.has_stream : local.has_pubsub
  }
}

# Changed parameters update the running job, which keeps what its lanes remember; destroying it drains it.
resource "google_dataflow_flex_template_job" "stream" {
  count    = local.has_stream ? 1 : 0
  provider = google-beta

  name                    = "${var.job_name}-stream"
  region                  = var.region
  container_spec_gcs_path = local.stream_container_spec_gcs_path
  parameters              = local.stream_parameters
  service_account_email   = google_service_account.worker.email
  machine_type            = var.machine_type
  max_workers             = var.max_workers
  subnetwork              = var.subnetwork
  ip_configuration        = var.ip_configuration
  temp_location           = "gs://${google_storage_bucket.temp.name}/temp"
  staging_location        = "gs://${google_storage_bucket.temp.name}/staging"
  enable_streaming_engine = true
  on_delete               = "drain"

  depends_on = [
    google_project_service.required,
    google_bigquery_table.status,
    google_pubsub_subscription_iam_member.stream,
    google_pubsub_topic_iam_member.worker_dead_letters,
  ]
}

resource "google_pubsub_subscription_iam_member" "stream" {
  for_each = local.has_pubsub ? toset(["roles/pubsub.subscriber", "roles/pubsub.viewer"]) : toset([])

  subscription = local.subscription
  role         = each.value
  member       = google_service_account.worker.member
}

# Of stream_bucket: each new object is a message.
resource "google_pubsub_topic" "stream" {
  count = var.stream_bucket == null ? 0 : 1
  name  = "${var.job_name}-stream"

  depends_on = [google_project_service.required]
}

resource "google_pubsub_subscription" "stream" {
  count = var.stream_bucket == null ? 0 : 1
  name  = "${var.job_name}-stream"
  topic = google_pubsub_topic.stream[0].id

  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"

  # Never, though a stream may be down for long.
  expiration_policy {
    ttl = ""
  }
}

resource "google_storage_notification" "stream" {
  count          = var.stream_bucket == null ? 0 : 1
  bucket         = var.stream_bucket
  topic          = google_pubsub_topic.stream[0].id
  payload_format = "NONE"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.stream]
}

data "google_storage_project_service_account" "stream" {
  count = var.stream_bucket == null ? 0 : 1
}

resource "google_pubsub_topic_iam_member" "stream" {
  count  = var.stream_bucket == null ? 0 : 1
  topic  = google_pubsub_topic.stream[0].id
  role   = "roles/pubsub.publisher"
  member = data.google_storage_project_service_account.stream[0].member
}
