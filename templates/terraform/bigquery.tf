resource "google_bigquery_dataset" "import" {
  dataset_id  = var.dataset
  location    = var.region
  description = "What became of each video that was imported into NomadicML."

  depends_on = [google_project_service.required]
}

# Clustered by the primary key: an upsert and the ledger's query address rows by it. Not partitioned by a date: a row
# keeps its key for good, and is updated whenever a run comes to it.
locals {
  tables = {
    import_videos   = ["destination", "source_uri"]
    import_items    = ["batch_id", "source_uri"]
    import_jobs     = ["batch_id"]
    import_runs     = ["run_id"]
    import_intents  = ["batch_id"]
    import_cursors  = ["batch_id"]
    import_counts   = ["run_id", "stage", "part"]
    import_requests = ["run_id", "process", "hour"]
    import_lanes    = ["run_id"]
    import_outcomes = ["run_id", "position"]
    import_limits   = ["account"]
    import_arrivals = ["run_id", "batch_id"]
    import_events   = ["run_id", "happened_at", "kind", "event"]
    import_account  = ["account_no"]
    import_leases   = ["destination"]
  }
}

resource "google_bigquery_table" "status" {
  for_each = local.tables

  dataset_id          = google_bigquery_dataset.import.dataset_id
  table_id            = each.key
  schema              = file("${path.module}/schemas/${each.key}.json")
  clustering          = each.value
  deletion_protection = true

  table_constraints {
    primary_key {
      columns = each.value
    }
  }
}
