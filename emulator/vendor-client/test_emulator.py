"""Every call that a cloud import has, by the vendor's own client against the emulator."""

import unittest

from nomadic.exceptions import APIError

from surroundings import Surroundings

ROLE = "arn:aws:iam::123456789012:role/nomadic"


class EmulatorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.surroundings = Surroundings()
        cls.addClassCleanup(cls.surroundings.close)
        cls.vendor = cls.surroundings.vendor

    def refused(self, status, call, *arguments, **options):
        with self.assertRaises(APIError) as refused:
            call(*arguments, **options)
        self.assertEqual(refused.exception.status_code, status)

    def test_the_key_is_verified(self):
        verified = self.vendor.verify_auth()
        self.assertIs(verified["valid"], True)
        self.assertEqual(self.vendor.video.get_user_id(), verified["user_id"])

    def test_folders_are_created_once_and_found(self):
        created = self.vendor.create_folder("Night drives", scope="org", description="After dark")
        self.assertEqual(created["name"], "Night drives")
        self.refused(409, self.vendor.create_folder, "Night drives", scope="org")
        for found in (
            self.vendor.get_folder("Night drives", scope="org"),
            self.vendor.create_or_get_folder(" Night drives ", scope="org"),
        ):
            self.assertEqual(found["id"], created["id"])
            self.assertEqual(found["description"], "After dark")
        self.refused(404, self.vendor.get_folder, "Night drives")

    def test_integrations_of_all_kinds_are_saved_and_listed(self):
        integrations = self.vendor.cloud_integrations
        saved = [
            integrations.add(
                type="gcs", name="G", bucket="g", credentials={"type": "service_account"}
            ),
            integrations.add(
                type="s3",
                name="S",
                bucket="s",
                region="eu-central-1",
                credentials={"accessKeyId": "a", "secretAccessKey": "b"},
            ),
            integrations.add_hf_bucket(name="H", bucket="n/h", token="hf_t"),
            integrations.add_s3_storage_transfer(name="T", bucket="t", role_arn=ROLE),
        ]
        self.assertEqual(
            [integration["type"] for integration in saved],
            ["gcs", "s3", "hf_bucket", "s3_storage_transfer"],
        )
        for integration in saved:
            self.assertIn(integration, integrations.list(type=integration["type"]))
        self.assertEqual(saved[3]["role_arn"], ROLE)
        setup = integrations.get_s3_storage_transfer_setup()
        self.assertTrue(setup["google_service_account_subject_id"])
        self.assertTrue(setup["aws_trust_policy_template"])

    def test_single_videos_of_each_provider_are_imported(self):
        for source, bucket, uris in (
            ("gcs", "fleet-recordings", ["gs://fleet-recordings/a.mp4"]),
            ("s3", "drive-data", ["s3://drive-data/a.mp4", "s3://drive-data/b c.MP4"]),
            ("hf_bucket", "nomadic/demo", ["hf://buckets/nomadic/demo/runs/a.mp4"]),
        ):
            with self.subTest(source):
                accepted = self.vendor.upload(uris)
                job = self.vendor.get_import_job(accepted["import_job_id"])
                self.assertEqual(job["job_id"], accepted["import_job_id"])
                self.assertEqual((job["source"], job["bucket"]), (source, bucket))
                self.assertEqual(job["total"], len(uris))
                rows = self.vendor.get_import_job_videos(job["job_id"])["videos"]
                self.assertEqual(sorted(row["import_source_uri"] for row in rows), uris)
                self.assertEqual({row["status"] for row in rows}, {"UPLOADED"})

    def test_a_folder_goes_with_an_import(self):
        accepted = self.vendor.upload("s3://drive-data/in-folder.mp4", folder="Trips", scope="org")
        job = self.vendor.get_import_job(accepted["import_job_id"])
        self.assertEqual(job["folder_name"], "Trips")
        self.assertEqual(job["folder_id"], self.vendor.get_folder("Trips", scope="org")["id"])

    def test_two_sets_are_one_job_whose_rows_tell_of_their_views(self):
        for base in ("gs://fleet-archive/sets", "s3://drive-data/sets"):
            with self.subTest(base):
                sets = [
                    {"front": f"{base}/1/front.mp4", "left": f"{base}/1/left.mp4"},
                    {"front": f"{base}/2/front.mp4", "overhead_6": f"{base}/2/top.mp4"},
                ]
                self.surroundings.change_emulator(failedViews=100)
                accepted = self.vendor.upload(sets, wait_for_uploaded=False)
                self.surroundings.change_emulator(failedViews=0)
                page = self.vendor.get_import_job_videos(accepted["import_job_id"])
                self.assertEqual(page["total"], 2)
                rows = sorted(page["videos"], key=lambda row: row["import_source_uri"])
                for views, row in zip(sets, rows, strict=True):
                    self.assertEqual(row["import_source_uri"], views["front"])
                    self.assertEqual(row["status"], "UPLOADED")
                    self.assertTrue(row["set_video_id"])
                    self.assertEqual(set(row["views"]), set(views))
                    self.assertEqual(row["views"]["front"], row["video_id"])
                    self.assertEqual(row["failed_views"], list(views)[1:])
                self.refused(
                    400, self.vendor.get_import_job_videos, accepted["import_job_id"], offset=0
                )

    def test_pages_follow_a_cursor_or_an_offset_but_not_both(self):
        uris = [f"s3://drive-data/pages/{number}.mp4" for number in range(7)]
        job = self.vendor.upload(uris)["import_job_id"]
        by_cursor, cursor = [], None
        while True:
            page = self.vendor.get_import_job_videos(job, limit=3, cursor=cursor)
            self.assertEqual(page["video_count"], len(page["videos"]))
            by_cursor += page["videos"]
            if not page["has_more"]:
                break
            cursor = page["next_cursor"]
        by_offset = []
        for offset in range(0, len(uris), 3):
            by_offset += self.vendor.get_import_job_videos(job, limit=3, offset=offset)["videos"]
        self.assertEqual(sorted(row["import_source_uri"] for row in by_cursor), uris)
        self.assertEqual(by_offset, by_cursor)
        self.refused(400, self.vendor.get_import_job_videos, job, cursor=cursor, offset=3)

    def test_the_deprecated_alias_shows_the_same_page(self):
        job = self.vendor.upload("hf://buckets/nomadic/demo/alias.mp4")["import_job_id"]
        self.assertEqual(
            self.vendor.get_import_job_uploaded_video_ids(job, limit=5),
            self.vendor.get_import_job_videos(job, limit=5),
        )
