# The key itself is added by hand, so that it is in no state of Terraform:
#   printf %s "$NOMADIC_API_KEY" | gcloud secrets versions add nomadic-api-key --data-file=-
resource "google_secret_manager_secret" "api_key" {
  secret_id = "nomadic-api-key"

  replication {
    auto {}
  }

  depends_on = [google_project_service.required]
}
