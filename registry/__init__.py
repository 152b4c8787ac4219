"""The contracts' keeper: loads the event schemas, lints them, keeps their released versions, and compares.

    findings     what is wrong, where, and what to write instead
    model        Avro types as Python values
    parse        JSON to model, strictly
    durations    ISO 8601 durations
    catalogue    schemas/ and topics.yaml as one checked whole
    canonical    self-contained schema text and its fingerprint

Nothing here imports a service, the command line or the local platform; addresses are passed in.
"""
