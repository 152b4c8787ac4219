"""The contracts' keeper: what is promised, what was released, and whether a change keeps it.

Sources, read with care
    findings        what is wrong, where, and what to write instead
    model           Avro types as Python values; shapes says what they are made of, defaults what a default may be
    parse           JSON to model, in three dialects; parser is its walk
    documents       anybody's files and folders, within bounds
    catalogue       schemas/ and topics.yaml (topics, durations) as one checked whole
    canonical       self-contained schema text and its fingerprint

What was released, append-only
    numbered        files with a number and a fingerprint
    history         every version of every subject; topic_history what topics.yaml promised; protos Buf's images
    git, landed     what landed on the main branch is there as it landed

The gate
    gate            everything in one verdict: begin here
    rules           the table of rules about schemas; contract_rules those about the contract as a whole
    lint            the house rules
    compat          can one version rightly read what another wrote
    against, live   a commit of git, a live registry
    acceptances     what people decided to live with
    locate, formats the line of a finding; JSON, JUnit, GitHub, SARIF

Servers
    plan            what would be done to Kafka (plan_topics) and a registry (server), and doing exactly that
    changes         one such change

Nothing here imports a service, the command line or the local platform; addresses are passed in.
"""
