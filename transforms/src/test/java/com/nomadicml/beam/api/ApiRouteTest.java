package com.nomadicml.beam.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiRouteTest {

  @ParameterizedTest
  @CsvSource({
    "/api/keys/verify, KEY",
    "/api/folders, FOLDERS",
    "/api/folders/create-or-get, FOLDERS",
    "/api/folders/get?name=a%2Fb&scope=user, FOLDERS",
    "/api/gcs/upload, IMPORT",
    "/api/s3/upload, IMPORT",
    "/api/hf-buckets/upload, IMPORT",
    "/api/import-jobs/ij_1, JOB",
    "/api/import-jobs/ij_1/videos?limit=500&cursor=a%2Fb, JOB_VIDEOS",
    "/api/video/v_1/status?firebase_collection_name=videos, VIDEO",
    "/api/cloud-integrations, INTEGRATIONS",
    "/api/cloud-integrations/s3, INTEGRATIONS",
    "/api/import-jobs/, OTHER",
  })
  void aPathIsOfOneRoute(String path, ApiRoute route) {
    assertThat(ApiRoute.of(path)).isEqualTo(route);
  }
}
