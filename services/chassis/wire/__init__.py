"""The bytes of a record: framing, headers, the schema that a body was written with, the registry that knows it."""
