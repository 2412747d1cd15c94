resource "google_monitoring_dashboard" "import" {
  dashboard_json = replace(file("${path.module}/dashboard.json"), "JOB_NAME", var.job_name)

  depends_on = [google_project_service.required]
}
