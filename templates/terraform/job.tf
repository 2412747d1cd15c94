# One job at once, beside the nightly ones: for a first try.
resource "google_dataflow_flex_template_job" "once" {
  count    = var.run_now ? 1 : 0
  provider = google-beta

  name                         = var.job_name
  region                       = var.region
  container_spec_gcs_path      = local.container_spec_gcs_path
  parameters                   = local.parameters
  service_account_email        = google_service_account.worker.email
  machine_type                 = var.machine_type
  max_workers                  = var.max_workers
  subnetwork                   = var.subnetwork
  ip_configuration             = var.ip_configuration
  temp_location                = "gs://${google_storage_bucket.temp.name}/temp"
  staging_location             = "gs://${google_storage_bucket.temp.name}/staging"
  on_delete                    = "cancel"
  skip_wait_on_job_termination = true

  depends_on = [
    google_project_service.required,
    google_bigquery_table.status,
    google_pubsub_topic_iam_member.worker_dead_letters,
  ]
}
