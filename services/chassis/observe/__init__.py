"""What a process says of itself: metrics, spans, log lines, readiness. And the failpoints of tests."""
