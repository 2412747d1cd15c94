# The templates' parameters. Written by TemplateFiles from the options of the import: do not edit.

variable "manifest" {
  type        = string
  description = "The manifests to import: comma-separated paths or globs (local, gs:// or s3://), or tables (bigquery:PROJECT.DATASET.TABLE)."
  default     = null
}

variable "manifestQuery" {
  type        = string
  description = "Instead of --manifest: a SELECT of BigQuery in standard SQL. Its columns are those of a CSV manifest."
  default     = null
}

variable "stream_source" {
  type        = string
  description = "With --streaming, instead of --manifest: where messages come from, pubsub:projects/PROJECT/subscriptions/NAME or sqs:URL."
  default     = null
}

variable "manifestFormat" {
  type        = string
  description = "The format of the manifests: auto (the file name decides), txt, csv, tsv, jsonl, json, parquet, avro, s3-inventory, s3-batch-csv or gcs-inventory."
  default     = "auto"
}

variable "uriField" {
  type        = string
  description = "The column or property that holds the URI. Default: the first of uri, source_uri, source-ref, url, path and video that is there."
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
  description = "An older manifest or inventory of the same format. Entries that are unchanged since then are skipped: same etag if both have one, else same size and time, else same URI."
  default     = null
}

variable "limit" {
  type        = number
  description = "Plan only the first so many items; 0 means all."
  default     = 0
}

variable "columns" {
  type        = string
  description = "Which columns or properties mean what, - for none: uri=path,front=cam_f,folder=-. Default: the ones that are named as what they mean."
  default     = null
}

variable "label" {
  type        = string
  description = "Columns or properties that travel to import_videos.labels: vehicle,drive,…"
  default     = null
}

variable "expand" {
  type        = bool
  description = "List each gs:// or s3:// line with a wildcard into its .mp4 objects. Without this option such a line is rejected."
  default     = false
}

variable "folder" {
  type        = string
  description = "The folder to import into. The import creates it if it is absent. A row's own folder wins."
  default     = null
}

variable "scope" {
  type        = string
  description = "The scope of the folder: user or org. A row's own scope wins."
  default     = "user"
}

variable "integrations" {
  type        = string
  description = "The saved integrations to use: bucket=id,… A gs:// bucket without one uses the saved integration that covers it."
  default     = null
}

variable "collection" {
  type        = string
  description = "The collection to import into. Use another one than videos only on a host of your own."
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

variable "statusTableSecret" {
  type        = string
  description = "Where the password of a PostgreSQL status table is found: env:NAME, file:PATH, projects/P/secrets/S/versions/V of Secret Manager, or the ARN of a secret in AWS Secrets Manager. Never the password itself."
  default     = null
}

variable "patience" {
  type        = string
  description = "How long to wait for a status table that is locked (SQLite) or away (PostgreSQL, BigQuery), and for an API that is away, before the run ends (ISO-8601). A stream waits for ever."
  default     = "PT2H"
}

variable "deadLetter" {
  type        = string
  description = "A folder: the import also writes rejected and finally failed items there, as manifests that you can import again. Or pubsub:projects/PROJECT/topics/TOPIC: it publishes each one as a message."
  default     = null
}

variable "apiKeySecret" {
  type        = string
  description = "Where the API key is: env:NAME, file:PATH, projects/P/secrets/S/versions/V of Secret Manager, or the ARN of a secret in AWS Secrets Manager. Never the key itself."
  default     = null
}

variable "apiUrl" {
  type        = string
  description = "Base URL of the API: https, or plain http on the loopback interface."
  default     = "https://api-prod.nomadicml.com"
}

variable "apiLanes" {
  type        = number
  description = "How many requests may be in flight at once."
  default     = 4
}

variable "requestsPerMinute" {
  type        = number
  description = "How many requests to send per minute at most; 0 means no limit."
  default     = 60
}

variable "requestsPerDay" {
  type        = number
  description = "How many requests to send per day (UTC) at most, over all runs that share the status table; 0 means no limit."
  default     = 10000
}

variable "onQuota" {
  type        = string
  description = "What to do when the requests of the day are spent: pause (end with exit code 4, to be run again) or wait."
  default     = "pause"
}

variable "batchSize" {
  type        = number
  description = "How many items one import request has at most: 1 to 100000."
  default     = 1000
}

variable "maxBatchDelay" {
  type        = string
  description = "With --streaming: how long an item waits for others at most before its batch is sent, as an ISO-8601 duration."
  default     = "PT30S"
}

variable "pageSize" {
  type        = string
  description = "How many rows of a job to read per request; auto means as many as the API grants."
  default     = "500"
}

variable "maxAttempts" {
  type        = number
  description = "How often to import a failed item in all, across runs."
  default     = 1
}

variable "awaitTimeout" {
  type        = string
  description = "How long to wait for a job after it was sent, as an ISO-8601 duration. After that, rows that the API never showed become MISSING, and unfinished rows stay SUBMITTED."
  default     = "PT6H"
}

variable "onUnknownSubmit" {
  type        = string
  description = "What to do if nobody knows whether the API accepted a request: resend it under the same key, or hold it for a person."
  default     = "resend"
}

variable "canary" {
  type        = bool
  description = "Before a target of several batches is sent, send up to 20 of its items, and stop the target if all of them fail."
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
    columns           = var.columns
    label             = var.label
    expand            = var.expand
    folder            = var.folder
    scope             = var.scope
    integrations      = var.integrations
    collection        = var.collection
    statusTable       = var.statusTable
    sameAccount       = var.sameAccount
    statusTableSecret = var.statusTableSecret
    patience          = var.patience
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
    columns           = var.columns
    label             = var.label
    folder            = var.folder
    scope             = var.scope
    integrations      = var.integrations
    collection        = var.collection
    statusTable       = var.statusTable
    sameAccount       = var.sameAccount
    statusTableSecret = var.statusTableSecret
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
    canary            = var.canary
  }
}
