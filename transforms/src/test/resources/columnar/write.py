"""Writes the files of this folder, as the common writers of Python do: pip install pyarrow fastavro cramjam backports.zstd."""

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = [{"uri": f"s3://b/{i} ü.mp4", "tags": ["x", "y"], "left": i / 4} for i in range(1, 4)]

for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    pq.write_table(pa.Table.from_pylist(ROWS), f"pyarrow-{codec}.parquet", compression=codec)

SCHEMA = {
    "type": "record",
    "name": "clip",
    "fields": [
        {"name": "uri", "type": "string"},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "left", "type": "double"},
    ],
}
for codec in ["null", "deflate", "bzip2", "xz", "snappy", "zstandard"]:
    with open(f"fastavro-{codec}.avro", "wb") as out:
        fastavro.writer(out, SCHEMA, ROWS, codec=codec)

table = pa.Table.from_pylist(ROWS)
pq.write_table(table.slice(0, 0), "no-rows.parquet")
with pq.ParquetWriter("empty-group.parquet", table.schema) as writer:
    writer.write_table(table.slice(0, 1))
    writer.write_table(table.slice(0, 0))
    writer.write_table(table.slice(1, 2))
with open("no-rows.avro", "wb") as out:
    fastavro.writer(out, SCHEMA, [], codec="deflate")

nested = [
    {"data": {"video": "s3://b/1.mp4", "fps": 30}, "clips": [{"url": "s3://b/2.mp4"}, {"url": "s3://b/3.mp4"}]},
    {"data": {"video": "s3://b/4.mp4", "fps": 30}, "clips": []},
]
pq.write_table(pa.Table.from_pylist(nested), "nested.parquet")
with open("nested.avro", "wb") as out:
    clip = {"type": "record", "name": "c", "fields": [{"name": "url", "type": "string"}]}
    data = {
        "type": "record",
        "name": "d",
        "fields": [{"name": "video", "type": "string"}, {"name": "fps", "type": "long"}],
    }
    schema = {
        "type": "record",
        "name": "row",
        "fields": [{"name": "data", "type": data}, {"name": "clips", "type": {"type": "array", "items": clip}}],
    }
    fastavro.writer(out, schema, nested)
