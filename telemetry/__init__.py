"""What every process has of telemetry, services and gateway alike: spans, metrics, log lines and safe text.

It imports nothing of this project, and holds no word of events, batches or the shop. What a span or a metric is about
stands in `services/chassis/observe/tracing.py`, `gateway/tracing.py` and their `metrics.py`.

    spans.py    one tracer for the process, the context of the call that is worked on
    metrics.py  what is known of a metric, and where metrics are served
    logs.py     a log line as a JSON object
    escaping.py text from elsewhere, made safe to show; guards standard output and standard error
"""
