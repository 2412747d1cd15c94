# A schedule can't put a date into its request, so it starts a workflow, which can.
resource "google_workflows_workflow" "nightly" {
  name            = "nomadic-video-import"
  region          = var.region
  description     = "Launches the NomadicML import with {date} and {yesterday} filled in."
  service_account = google_service_account.launcher.id
  source_contents = file("${path.module}/workflow.yaml")

  depends_on = [google_project_service.required]
}

resource "google_cloud_scheduler_job" "nightly" {
  name             = "nomadic-video-import"
  region           = var.region
  description      = "Imports new videos into NomadicML."
  schedule         = var.schedule
  time_zone        = var.time_zone
  attempt_deadline = "180s"
  # A stream imports into the same destination, and both would send what is PENDING there.
  paused = local.has_stream

  retry_config {
    retry_count = 3
  }

  http_target {
    http_method = "POST"
    uri         = "https://workflowexecutions.googleapis.com/v1/${google_workflows_workflow.nightly.id}/executions"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ argument = jsonencode(local.launch) }))

    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }
}

locals {
  launch = {
    project              = var.project
    region               = var.region
    timeZone             = var.time_zone
    jobName              = var.job_name
    containerSpecGcsPath = local.container_spec_gcs_path
    parameters           = local.parameters
    environment = {
      serviceAccountEmail = google_service_account.worker.email
      machineType         = var.machine_type
      maxWorkers          = var.max_workers
      subnetwork          = var.subnetwork
      ipConfiguration     = var.ip_configuration
      tempLocation        = "gs://${google_storage_bucket.temp.name}/temp"
      stagingLocation     = "gs://${google_storage_bucket.temp.name}/staging"
    }
  }
}
