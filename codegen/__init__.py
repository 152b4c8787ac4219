"""Makes the shared package `generated/python/quadrille` from `proto/` and `schemas/`.

    generate     all files of the package, as a map from path to bytes
    outputs      write that map to a folder, or compare it with one
    protobuf     protoc and its plugins
    records      one module for each Avro namespace
    types        what an Avro type is in Python
    naming       Avro names as Python names
    events       topics, the table of events, the recorded history
    runtime/     hand-written modules that are copied as they are

Same sources, same bytes: nothing here reads a clock, the network or the order of a set.
"""
