"""The loop of the vendor's examples, on Python's own library: submit a batch, read its pages until
`total` rows are there and all are terminal, then go on to the next batch.

vendor_loop.py MANIFEST SQLITE_FILE API_URL, the key in NOMADIC_API_KEY
"""

import http.client
import json
import os
import sqlite3
import sys
import time
import urllib.parse
import uuid

BATCH = 1000
PAGE = 500
POLL_SECONDS = 10
TERMINAL = {"UPLOADED", "UPLOADING_FAILED"}
PROVIDERS = {
    "gs://": ("/api/gcs/upload", "files", 1),
    "s3://": ("/api/s3/upload", "keys", 1),
    "hf://buckets/": ("/api/hf-buckets/upload", "files", 2),
}


class Client:
    def __init__(self, url):
        host = urllib.parse.urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(host)
        self.key = os.environ["NOMADIC_API_KEY"]
        self.integrations = {
            i["bucket"]: i["id"]
            for i in self.call("GET", "/api/cloud-integrations")
            if i["type"] == "gcs"
        }

    def call(self, method, path, body=None):
        request_id = str(uuid.uuid4())
        headers = {"X-API-Key": self.key, "X-Request-ID": request_id}
        if body is not None:
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = request_id
            body = json.dumps(body)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
        return json.loads(text)

    def upload(self, scheme, bucket, keys):
        path, member, _ = PROVIDERS[scheme]
        body = {member: keys, "collection": "videos", "folder_id": None, "scope": "user"}
        if scheme == "gs://":
            body["integration_id"] = self.integrations[bucket]
        else:
            body["bucket"] = bucket
        return self.call("POST", path, body)["import_job_id"]

    def wait(self, job_id):
        while True:
            total = int(self.call("GET", f"/api/import-jobs/{job_id}").get("total") or 0)
            seen = {}
            cursor = None
            while True:
                query = f"?limit={PAGE}" + (f"&cursor={cursor}" if cursor else "")
                page = self.call("GET", f"/api/import-jobs/{job_id}/videos{query}")
                for video in page["videos"]:
                    seen[video["video_id"]] = video
                if not page["has_more"]:
                    break
                cursor = page["next_cursor"]
            ready = len(seen) >= total > 0
            if ready and all(v["status"] in TERMINAL for v in seen.values()):
                return seen.values()
            time.sleep(POLL_SECONDS)


def target(uri):
    scheme = next(scheme for scheme in PROVIDERS if uri.startswith(scheme))
    parts = uri[len(scheme):].split("/", PROVIDERS[scheme][2])
    return scheme, "/".join(parts[:-1]), parts[-1]


def main(manifest, file, url):
    client = Client(url)
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(
        "CREATE TABLE import_videos (source_uri TEXT PRIMARY KEY, provider TEXT, bucket TEXT,"
        " import_job_id TEXT, video_id TEXT, state TEXT)"
    )

    def load(scheme, bucket, keys):
        job_id = client.upload(scheme, bucket, keys)
        provider = PROVIDERS[scheme][0].split("/")[2]
        rows = [
            (v["import_source_uri"], provider, bucket, job_id, v["video_id"], v["status"])
            for v in client.wait(job_id)
        ]
        with database:
            database.executemany(
                "INSERT INTO import_videos VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (source_uri) DO UPDATE SET import_job_id = excluded.import_job_id,"
                " video_id = excluded.video_id, state = excluded.state",
                rows,
            )

    batches = {}
    with open(manifest, encoding="utf-8") as lines:
        for line in lines:
            scheme, bucket, key = target(line.rstrip("\n"))
            batch = batches.setdefault((scheme, bucket), [])
            batch.append(key)
            if len(batch) == BATCH:
                load(scheme, bucket, batch)
                batch.clear()
    for (scheme, bucket), batch in batches.items():
        if batch:
            load(scheme, bucket, batch)


main(*sys.argv[1:])
