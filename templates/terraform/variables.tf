# Where and how the import runs. What it imports is in parameters.tf.

variable "project" {
  type        = string
  description = "The project in which all of this is made."
}

variable "region" {
  type        = string
  description = "The region of the jobs, the schedule and the dataset."
  default     = "us-central1"
}

variable "bucket" {
  type        = string
  description = "An existing bucket that holds the template's specification: the workers may read it, and not write it."
}

variable "manifest_buckets" {
  type        = set(string)
  description = "Buckets of Cloud Storage that hold the manifests: the workers may read them."
  default     = []
}

variable "image_repository" {
  type        = string
  description = "Name of the repository of Artifact Registry, in the same region, that holds the template's image."
}

variable "container_spec_gcs_path" {
  type        = string
  description = "What gcloud dataflow flex-template build has written; by default templates/flex/Nomadic_Video_Import in the bucket."
  default     = null
}

variable "job_name" {
  type        = string
  description = "Name of the jobs. Dataflow runs one job of a name at a time, so two nights never overlap."
  default     = "nomadic-video-import"
}

variable "schedule" {
  type        = string
  description = "When to run, as cron has it."
  default     = "15 2 * * *"
}

variable "time_zone" {
  type        = string
  description = "The time zone of the schedule, and of {date} and {yesterday} in the parameters."
  default     = "Etc/UTC"
}

variable "run_now" {
  type        = bool
  description = "Also run one job at once, with the parameters as they stand: {date} is not filled in."
  default     = false
}

variable "stream_bucket" {
  type        = string
  description = "Instead of stream_source: a bucket of Cloud Storage whose new videos are imported as they appear. Its notification, topic and subscription are made."
  default     = null
}

variable "stream_container_spec_gcs_path" {
  type        = string
  description = "As container_spec_gcs_path, of the streaming template; by default templates/flex/Nomadic_Video_Import_Streaming in the bucket."
  default     = null
}

variable "stream_lag_minutes" {
  type        = number
  description = "Alert when a message waits for longer than so many minutes to be read, or work of the stream to be done."
  default     = 30
}

variable "dataset" {
  type        = string
  description = "Name of the BigQuery dataset of the status tables."
  default     = "nomadic_import"
}

variable "machine_type" {
  type        = string
  description = "Machine type of the workers."
  default     = "n2-standard-4"
}

variable "max_workers" {
  type        = number
  description = "Most workers of a job. With one, requestsPerMinute is exact; each more may send as much again."
  default     = 1
}

variable "subnetwork" {
  type        = string
  description = "Subnetwork of the workers, as regions/REGION/subnetworks/NAME; it must reach the API."
  default     = null
}

variable "ip_configuration" {
  type        = string
  description = "WORKER_IP_PRIVATE or WORKER_IP_PUBLIC; private workers need Cloud NAT to reach the API, and Private Google Access in their subnetwork."
  default     = "WORKER_IP_PRIVATE"
}

variable "alert_channels" {
  type        = list(string)
  description = "Notification channels of Cloud Monitoring for the alerts."
  default     = []
}

variable "failed_percent" {
  type        = number
  description = "Alert when more than so many percent of a job's finished items are not uploaded."
  default     = 5
}

locals {
  container_spec_gcs_path = coalesce(var.container_spec_gcs_path, "gs://${var.bucket}/templates/flex/Nomadic_Video_Import")

  # What the template requires and this module makes.
  made = {
    statusTable  = coalesce(var.statusTable, "bigquery:${var.project}.${google_bigquery_dataset.import.dataset_id}")
    apiKeySecret = coalesce(var.apiKeySecret, "${google_secret_manager_secret.api_key.id}/versions/latest")
  }

  # As the template takes them: texts, and none that is not set.
  parameters = { for name, value in merge(local.parameters_given, local.made) : name => tostring(value) if value != null }
}
