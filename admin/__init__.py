"""The rules of the platform that operators' tools use: `quadrille`, the console and tests. Free of click and rich.

Read in this order:

    errors.py             what a tool raises: misused, refused, unreachable
    clients.py            calls to the services, and what their errors mean
    databases.py          the services' databases, as owner or as auditor
    kafka.py              Kafka's clients
    paging.py             pages of an API made into one list
    actor.py              who acts, for what is recorded of a change

    choreography.py       which service publishes what to which, from the registered handlers
    transition_tables.py  the state machines as tables, from the real decisions
    reference.py          what the documentation pages are made from

    order_states.py       names of states and reasons
    money.py, times.py    amounts, times and durations as text
    documents.py          messages of the APIs as JSON

    orders.py             orders in pages, stuck orders, an order as a document
    placing.py            what an order's lines cost
    watching.py           an order, followed until it is settled
    pending_steps.py      what an order waits for, and what may follow
    pending_calls.py      calls to remote providers without an answer
    dead_letters.py       list, replay and drop dead letters

    status.py             what keeps the platform from being well
    topic_ends.py         where the topics end, and the lag
    positions.py          how far services have read; stalled partitions
    audit/                the invariants, and what mends a violation

    republishing.py       events published again, after Kafka has lost topics
    rebuilding.py         rows made again, after a database was restored
    archiving.py          old orders into files
"""
