# Temporary and staged files of the jobs, apart from the template that they are launched from.
resource "google_storage_bucket" "temp" {
  name                        = "${var.project}-nomadic-import-temp"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 30
    }
  }
}
