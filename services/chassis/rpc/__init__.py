"""The gRPC edge: check, call, map the error, reply. What crosses it is either a valid message or a typed error."""
