output "worker_service_account" {
  description = "Grant it whatever else the manifests need."
  value       = google_service_account.worker.email
}

output "status_table" {
  description = "For ./nomadic-import status --statusTable=…"
  value       = local.made.statusTable
}

output "secret" {
  description = "Where the key is to be put."
  value       = google_secret_manager_secret.api_key.id
}
