package org.apache.parquet;

import java.util.Map;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.format.converter.ParquetMetadataConverter;

/**
 * Options to read a Parquet file with that need no class of Hadoop. The library's own builder
 * starts Hadoop's input format and codecs whatever it is given, and the constructor is open to this
 * package alone.
 */
public final class PlainReadOptions {
  /** As the library's builder has it. */
  private static final int MAX_ALLOCATION = 8 * 1024 * 1024;

  private PlainReadOptions() {}

  /** Options that read all rows, with codecs of one's own; all else as the library has it. */
  public static ParquetReadOptions of(CompressionCodecFactory codecs) {
    return new ParquetReadOptions(
        /* useSignedStringMinMax= */ false,
        /* useStatsFilter= */ true,
        /* useDictionaryFilter= */ true,
        /* useRecordFilter= */ true,
        /* useColumnIndexFilter= */ true,
        /* usePageChecksumVerification= */ false,
        /* useBloomFilter= */ true,
        /* useOffHeapDecryptBuffer= */ false,
        /* useHadoopVectoredIo= */ false,
        FilterCompat.NOOP,
        ParquetMetadataConverter.NO_FILTER,
        codecs,
        new HeapByteBufferAllocator(),
        MAX_ALLOCATION,
        Map.of(),
        /* fileDecryptionProperties= */ null,
        /* metricsCallback= */ null,
        new PlainParquetConfiguration());
  }
}
