# The templates' parameters. Written by TemplateFiles from the options of the import: do not edit.

variable "manifest" {
  type        = string
  description = "Manifests to import: comma-separated paths or globs, local, gs:// or s3://, or tables as bigquery:PROJECT.DATASET.TABLE."
  default     = null
}

variable "manifestQuery" {
  type        = string
  description = "Instead of --manifest: a query of BigQuery in standard SQL, its columns as those of a CSV manifest."
  default     = null
}

variable "stream_source" {
  type        = string
  description = "With --streaming, instead of --manifest: where messages come from, pubsub:projects/PROJECT/subscriptions/NAME or sqs:URL."
  default     = null
}

variable "manifestFormat" {
  type        = string
  description = "Format of the manifests: auto (by file name), txt, csv, tsv, jsonl, json, parquet, avro, s3-inventory, s3-batch-csv or gcs-inventory."
  default     = "auto"
}

variable "uriField" {
  type        = string
  description = "Column or property that holds the URI. Default: the first of uri, source_uri, source-ref, url, path and video that is there."
  default     = null
}

variable "include" {
  type        = string
  description = "Import only URIs in which this regular expression is found."
  default     = null
}

variable "exclude" {
  type        = string
  description = "Leave out URIs in which this regular expression is found."
  default     = null
}

variable "since" {
  type        = string
  description = "An older manifest or inventory of the same format: what stands in it unchanged (same etag, or size and time) is left out."
  default     = null
}

variable "limit" {
  type        = number
  description = "Plan at most so many items, the first ones; 0 for all."
  default     = 0
}

variable "label" {
  type        = string
  description = "Columns or properties that travel to import_videos.labels: vehicle,drive,…"
  default     = null
}

variable "expand" {
  type        = bool
  description = "List a manifest's gs:// or s3:// lines with a wildcard into their .mp4 objects; otherwise such a line is rejected."
  default     = false
}

variable "folder" {
  type        = string
  description = "Folder to import into, created when absent; a row's own folder wins."
  default     = null
}

variable "scope" {
  type        = string
  description = "Scope of the folder, user or org; a row's own scope wins."
  default     = "user"
}

variable "integrations" {
  type        = string
  description = "Saved integrations to use: bucket=id,… For gs:// without one, resolved from the saved ones."
  default     = null
}

variable "collection" {
  type        = string
  description = "Collection that videos are imported into; other than videos only on own hosts."
  default     = "videos"
}

variable "statusTable" {
  type        = string
  description = "Where the status tables are: jdbc:sqlite:FILE, jdbc:postgresql://HOST/DATABASE or bigquery:PROJECT.DATASET. With --emulator: jdbc:sqlite:import-status.emulator.db."
  default     = null
}

variable "sameAccount" {
  type        = bool
  description = "Let the status tables, which belong to the account that used them first, belong to this run's account too: for an account that has a new user or a new URL."
  default     = false
}

variable "deadLetter" {
  type        = string
  description = "Folder into which rejected and finally failed items are written too, as manifests that can be imported again; or pubsub:projects/PROJECT/topics/TOPIC, to which each is published as a line of one."
  default     = null
}

variable "apiKeySecret" {
  type        = string
  description = "Where the API key is found: env:NAME, file:PATH, projects/P/secrets/S/versions/V of Secret Manager, or the ARN of a secret in AWS Secrets Manager. Never the key itself."
  default     = null
}

variable "apiUrl" {
  type        = string
  description = "Base URL of the API: https, or plain http on the loopback interface."
  default     = "https://api-prod.nomadicml.com"
}

variable "apiLanes" {
  type        = number
  description = "Lanes that share the quota; each is one thread with its share of the rate."
  default     = 1
}

variable "requestsPerMinute" {
  type        = number
  description = "Most requests in any minute, over all lanes; 0 for no limit."
  default     = 60
}

variable "requestsPerDay" {
  type        = number
  description = "Most requests in any day (UTC), over all runs and lanes; 0 for no limit."
  default     = 10000
}

variable "onQuota" {
  type        = string
  description = "What to do when the day's requests are spent: pause (end with exit code 4, to be run again) or wait."
  default     = "pause"
}

variable "batchSize" {
  type        = number
  description = "Most items of one import request."
  default     = 1000
}

variable "maxBatchDelay" {
  type        = string
  description = "With --streaming: how long an item waits for others at most, until its batch is sent (ISO-8601)."
  default     = "PT30S"
}

variable "pageSize" {
  type        = string
  description = "Rows that a page of a job is asked for, or auto: as many as the API grants."
  default     = "500"
}

variable "maxAttempts" {
  type        = number
  description = "How often a failed item is imported in all, across runs."
  default     = 1
}

variable "awaitTimeout" {
  type        = string
  description = "How long after its submission a job is awaited (ISO-8601). Then rows still unseen are MISSING, rows still pending keep SUBMITTED."
  default     = "PT6H"
}

variable "onUnknownSubmit" {
  type        = string
  description = "What to do about a request whose outcome is unknown: resend or hold."
  default     = "resend"
}

variable "canary" {
  type        = bool
  description = "Send up to 20 items of each target of more than one batch first, and stop the target when all of them fail."
  default     = true
}

locals {
  parameters_given = {
    manifest          = var.manifest
    manifestQuery     = var.manifestQuery
    manifestFormat    = var.manifestFormat
    uriField          = var.uriField
    include           = var.include
    exclude           = var.exclude
    since             = var.since
    limit             = var.limit
    label             = var.label
    expand            = var.expand
    folder            = var.folder
    scope             = var.scope
    integrations      = var.integrations
    collection        = var.collection
    statusTable       = var.statusTable
    sameAccount       = var.sameAccount
    deadLetter        = var.deadLetter
    apiKeySecret      = var.apiKeySecret
    apiUrl            = var.apiUrl
    apiLanes          = var.apiLanes
    requestsPerMinute = var.requestsPerMinute
    requestsPerDay    = var.requestsPerDay
    onQuota           = var.onQuota
    batchSize         = var.batchSize
    pageSize          = var.pageSize
    maxAttempts       = var.maxAttempts
    awaitTimeout      = var.awaitTimeout
    onUnknownSubmit   = var.onUnknownSubmit
    canary            = var.canary
  }

  stream_parameters_given = {
    source            = var.stream_source
    uriField          = var.uriField
    include           = var.include
    exclude           = var.exclude
    label             = var.label
    folder            = var.folder
    scope             = var.scope
    integrations      = var.integrations
    collection        = var.collection
    statusTable       = var.statusTable
    sameAccount       = var.sameAccount
    deadLetter        = var.deadLetter
    apiKeySecret      = var.apiKeySecret
    apiUrl            = var.apiUrl
    apiLanes          = var.apiLanes
    requestsPerMinute = var.requestsPerMinute
    requestsPerDay    = var.requestsPerDay
    batchSize         = var.batchSize
    maxBatchDelay     = var.maxBatchDelay
    pageSize          = var.pageSize
    maxAttempts       = var.maxAttempts
    awaitTimeout      = var.awaitTimeout
    onUnknownSubmit   = var.onUnknownSubmit
  }
}
