"""What this project sends, member by member against what the vendor's own client sends for the same URIs."""

import json
import unittest

from surroundings import KEY, Surroundings

GCS, S3, HF = "/api/gcs/upload", "/api/s3/upload", "/api/hf-buckets/upload"
FOLDER = "/api/folders/create-or-get"
VIEWS = (
    ["front", "rear", "back", "left", "right", "top", "bottom", "vehicle_view"]
    + [f"overhead_{number}" for number in range(1, 7)]
)

# In the order of the URIs, which is the order that the project sends.
KEYS = ["1 plus+percent%20.mp4", "2/München/夜 🚗.MP4", '3 "quoted"\\;&=.mp4', "4//double.mp4"]


def uris(base, keys=tuple(KEYS)):
    return [base + key for key in keys]


def sets(base):
    return [
        {view: f"{base}1 {view}.mp4" for view in VIEWS},
        # Sets carry whole URIs, which the vendor's client does not cut.
        {"front": f"{base}2.mp4?front.mp4", "left": f"{base}2.mp4#left.mp4"},
    ]


# Name of the case: path, what to import, and the options that go with it. No two cases have an object in common.
IMPORTS = {
    "gcs": (GCS, uris("gs://fleet-recordings/a/"), {}),
    "gcs in a folder": (GCS, uris("gs://fleet-recordings/b/"), {"folder": "Wire"}),
    "s3": (S3, uris("s3://drive-data/c/"), {}),
    "s3 in a shared folder": (S3, uris("s3://drive-data/d/"), {"folder": "Wire", "scope": "org"}),
    "s3 with an integration": (S3, uris("s3://r2-clips/e/"), {"integration_id": "r2-clips"}),
    "hf": (HF, uris("hf://buckets/nomadic/demo/f/", KEYS[:3]), {}),
    "gcs sets": (GCS, sets("gs://fleet-archive/g/"), {"folder": "Wire", "scope": "user"}),
    "s3 sets": (S3, sets("s3://drive-data/h/"), {"folder": "Sets", "scope": "org"}),
    "s3 sets with an integration": (S3, sets("s3://r2-clips/i/"), {"integration_id": "r2-clips"}),
}

# The vendor's client cuts these keys, and so would import another object (the contract, section 4.0).
# What it sends, and what was meant.
CUT = {
    "s3://drive-data/cut/1.mp4?take=2.mp4": ("cut/1.mp4", "cut/1.mp4?take=2.mp4"),
    "s3://drive-data/cut/3.mp4#t=4.mp4": ("cut/3.mp4", "cut/3.mp4#t=4.mp4"),
    "s3://drive-data//cut/5.mp4": ("cut/5.mp4", "/cut/5.mp4"),
    "gs://fleet-recordings/cut/6.mp4?7.mp4": ("cut/6.mp4", "cut/6.mp4?7.mp4"),
    "hf://buckets/nomadic/demo/cut/8.mp4#9.mp4": ("cut/8.mp4", "cut/8.mp4#9.mp4"),
    "hf://buckets/nomadic/demo/cut//10.mp4": ("cut/10.mp4", "cut//10.mp4"),
}


def rows(items, options):
    for item in items:
        yield {**({"views": item} if isinstance(item, dict) else {"uri": item}), **options}


def items_of(body):
    return body.get("sets") or body.get("keys") or body.get("files")


class BodiesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.surroundings = Surroundings()
        cls.addClassCleanup(cls.surroundings.close)
        cls.proxy = cls.surroundings.proxy

    def imported(self, name, manifest_rows):
        """Imports by the launcher, and returns what that run has sent."""
        manifest = self.surroundings.directory / f"{name}.jsonl"
        manifest.write_text("".join(json.dumps(row) + "\n" for row in manifest_rows))
        before = len(self.proxy.requests)
        run = self.surroundings.nomadic_import(
            f"--manifest={manifest}",
            f"--statusTable=jdbc:sqlite:{self.surroundings.directory}/{name}.db",
            "--requestsPerMinute=0",
        )
        self.assertEqual(run.returncode, 0, f"the import ended so:\n{run.stdout}\n{run.stderr}")
        return [r for r in self.proxy.requests[before:] if r.method == "POST" and not r.is_vendors]

    def sent_by_vendor(self, path):
        request = self.proxy.of(True, path)[-1]
        self.assertEqual(request.headers["x-api-key"], KEY)
        return request.body

    def test_imports(self):
        vendor = self.surroundings.vendor
        all_rows, bodies = [], {}
        for case, (path, items, options) in IMPORTS.items():
            vendor.upload(items, wait_for_uploaded=False, **options)
            bodies[case] = self.sent_by_vendor(path)
            all_rows += rows(items, options)
        ours = self.imported("imports", all_rows)
        for case, (path, _, _) in IMPORTS.items():
            with self.subTest(case):
                theirs = bodies[case]
                same = [
                    request
                    for request in ours
                    if request.path == path and items_of(request.body) == items_of(theirs)
                ]
                self.assertEqual(
                    len(same), 1, f"{case}: the project sent no body, or several, of {items}"
                )
                self.assertEqual(
                    same[0].body, theirs, f"{case}: what the project sent is not what the client sends"
                )
                self.assertEqual(same[0].headers["x-api-key"], KEY)
                self.assertEqual(same[0].headers["content-type"], "application/json")
                self.assertTrue(same[0].headers["idempotency-key"])
        uploads = [request for request in ours if request.path in (GCS, S3, HF)]
        self.assertEqual(len(uploads), len(IMPORTS), "the project sends nothing else")

    def test_folders(self):
        self.surroundings.vendor.create_or_get_folder("Nächte ", scope="org")
        theirs = self.sent_by_vendor(FOLDER)
        row = {"uri": "s3://drive-data/folder.mp4", "folder": "Nächte ", "scope": "org"}
        ours = self.imported("folders", [row])
        self.assertEqual([r.body for r in ours if r.path == FOLDER], [theirs])

    def test_known_difference_the_vendors_client_cuts_keys(self):
        expected = []
        for uri, (cut, meant) in CUT.items():
            path = GCS if uri.startswith("gs") else S3 if uri.startswith("s3") else HF
            self.surroundings.vendor.upload(uri)
            self.assertEqual(items_of(self.sent_by_vendor(path)), [cut], uri)
            expected.append((path, meant))
        ours = self.imported("cut", [{"uri": uri} for uri in CUT])
        self.assertEqual(
            sorted((r.path, key) for r in ours if r.path in (GCS, S3, HF) for key in items_of(r.body)),
            sorted(expected),
        )

    def test_integrations(self):
        directory = self.surroundings.directory
        files = {
            "account": {"type": "service_account", "client_email": "a@b"},
            "aws": {"AccessKeyId": "AKIA", "SecretAccessKey": "s", "SessionToken": "t"},
        }
        for name, content in files.items():
            (directory / name).write_text(json.dumps(content))
        (directory / "token").write_text("hf_token\n")
        add = self.surroundings.vendor.cloud_integrations.add
        role = "arn:aws:iam::123456789012:role/nomadic"
        cases = {
            "gcs": (
                lambda: add(type="gcs", name="N", bucket="b", credentials=files["account"]),
                ["gcs", "--serviceAccountFile=account"],
            ),
            "s3": (
                lambda: add(
                    type="s3",
                    name="N",
                    bucket="b",
                    region="eu-central-1",
                    credentials=directory / "aws",
                    prefix="p/",
                ),
                ["s3", "--region=eu-central-1", "--credentialsFile=aws", "--prefix=p/"],
            ),
            "hf-bucket": (
                lambda: add(type="hf_bucket", name="N", bucket="b", credentials="hf_token"),
                ["hf-bucket", "--tokenFile=token"],
            ),
            "s3-storage-transfer": (
                lambda: self.surroundings.vendor.cloud_integrations.add_s3_storage_transfer(
                    name="N", bucket="b", role_arn=role
                ),
                ["s3-storage-transfer", f"--roleArn={role}"],
            ),
        }
        for kind, (by_vendor, arguments) in cases.items():
            with self.subTest(kind):
                path = f"/api/cloud-integrations/{kind}"
                by_vendor()
                run = self.surroundings.nomadic_import(
                    "integrations", "add", *arguments, "--name=N", "--bucket=b"
                )
                self.assertEqual(run.returncode, 0, run.stderr)
                self.assertEqual(self.proxy.of(False, path)[-1].body, self.sent_by_vendor(path))
