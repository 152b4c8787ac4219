"""The contracts' keeper: loads the event schemas, lints them, keeps their released versions, and compares.

    findings     what is wrong, where, and what to write instead
    model        Avro types as Python values
    parse        JSON to model, in three dialects; parser is its walk
    documents    anybody's files and folders, within bounds
    rules        the table of rules of gate and lint
    compat       can one version rightly read what another wrote
    lint         the house rules
    durations    ISO 8601 durations
    catalogue    schemas/ and topics.yaml as one checked whole
    canonical    self-contained schema text and its fingerprint

Nothing here imports a service, the command line or the local platform; addresses are passed in.
"""
