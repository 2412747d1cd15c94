package com.nomadicml.beam.manifest;

import com.google.auto.value.AutoValue;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** What one worker reads in one go: a file, a row group or some lines of one. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
abstract class ManifestPart {
  abstract String getPath();

  /** What the file is written in; none of the inventories. */
  abstract ManifestFormat getFormat();

  abstract ObjectListing getListing();

  /** Names of the columns of a file without a header; empty for one that has its own. */
  abstract List<String> getColumns();

  /** The delimiter of a CSV file; one character. */
  abstract String getDelimiter();

  /** MD5 of the stored bytes in hexadecimal digits, where an inventory tells it. */
  @Nullable
  abstract String getMd5();

  /** Row group of a Parquet file; -1 for the whole file. */
  abstract int getRowGroup();

  /** Where the part begins, in bytes from the start of the file. */
  abstract long getOffset();

  /** In bytes; -1 for all that follows. */
  abstract long getLength();

  /** Rows of the file before this part. */
  abstract long getRowsBefore();

  /** {@link StoredFile#stamp} of the file when it was found; null where an MD5 says more. */
  @Nullable
  abstract String getStamp();

  abstract Builder toBuilder();

  static Builder builder() {
    return new AutoValue_ManifestPart.Builder()
        .setListing(ObjectListing.NONE)
        .setColumns(List.of())
        .setDelimiter(",")
        .setRowGroup(-1)
        .setOffset(0)
        .setLength(-1)
        .setRowsBefore(0);
  }

  /** Tells it from the other parts of its manifest. */
  final String name() {
    if (getRowGroup() >= 0) {
      return getPath() + "#row-group-" + getRowGroup();
    }
    return getOffset() > 0 ? getPath() + "#" + getOffset() : getPath();
  }

  /** A whole file. */
  static ManifestPart of(String path, ManifestFormat format) {
    return builder().setPath(path).setFormat(format).build();
  }

  final ManifestPart withListing(ObjectListing listing) {
    return toBuilder().setListing(listing).build();
  }

  /** Builder of {@link ManifestPart}. */
  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder setPath(String path);

    abstract Builder setFormat(ManifestFormat format);

    abstract Builder setListing(ObjectListing listing);

    abstract Builder setColumns(List<String> columns);

    abstract Builder setDelimiter(String delimiter);

    abstract Builder setMd5(@Nullable String md5);

    abstract Builder setRowGroup(int rowGroup);

    abstract Builder setOffset(long offset);

    abstract Builder setLength(long length);

    abstract Builder setRowsBefore(long rowsBefore);

    abstract Builder setStamp(@Nullable String stamp);

    abstract ManifestPart build();
  }
}
