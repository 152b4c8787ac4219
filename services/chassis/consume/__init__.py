"""The consumer loop: reads batches and hands them to `process`. No decision is taken in here.

- `consumer` is the loop; `linger` says how long a batch waits for more records.
- `stalled` keeps the partitions whose position is not in their topic any more: an operator decides.
- `lag` tells Kafka and the metrics how far the service has read. `watermark` says up to which time it has read.
"""
