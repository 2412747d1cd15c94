locals {
  # All counters of the import's jobs; one series a job, step and counter.
  counter = "dataflow_googleapis_com:job_user_counter{monitored_resource=\"dataflow_job\",job_name=~\"${var.job_name}(-stream)?\""

  alerts = {
    run_failed = {
      title = "NomadicML import: a run failed"
      query = "max(dataflow_googleapis_com:job_is_failed{monitored_resource=\"dataflow_job\",job_name=~\"${var.job_name}(-stream)?\"}) > 0"
      help  = "The job broke or could not start: see its log. What was done is in the tables, so launch it again with the same parameters."
    }
    failed_share = {
      title = "NomadicML import: more than ${var.failed_percent} % are not uploaded"
      query = "100 * sum(${local.counter},metric_name=~\"ended_uploading_failed|ended_missing|ended_refused\"}) / sum(${local.counter},metric_name=~\"ended_uploaded|ended_uploading_failed|ended_missing|ended_refused\"}) > ${var.failed_percent}"
      help  = "Group the failures: SELECT bucket, error_code, error_message, COUNT(*) FROM ${var.dataset}.import_videos WHERE error_code IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 4 DESC"
    }
    quota_spent = {
      title = "NomadicML import: the day's requests are spent"
      query = "sum(${local.counter},metric_name=\"paused_items\"}) > 0"
      help  = "The rest waits for the next run, after midnight UTC. When this comes every night, ask for a higher quota or raise batchSize."
    }
    nothing_imported = {
      title = "NomadicML import: nothing imported for a day"
      query = "(sum(max_over_time(${local.counter},metric_name=\"ended_uploaded\"}[1d])) or vector(0)) < 1"
      help  = "No job ran, or its manifest named nothing new: look at the schedule, the workflow's executions and the manifest."
    }
  }
}

resource "google_monitoring_alert_policy" "import" {
  for_each = merge(local.alerts, local.stream_alerts)

  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = var.alert_channels

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "0s"
      evaluation_interval = "60s"
    }
  }

  documentation {
    content   = each.value.help
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.required]
}
