"""The microservice chassis: all that every service shares, and no word of the shop.

One process, one database, one consumer group. The life of a batch:

    poll records -> decode -> begin -> claim their positions -> load the rows they speak of
      -> decide, in order -> write rows and outbox -> commit -> publish the outbox -> mark it published

Invariants:

- A record takes effect once: its position moves, by compare-and-set, in the transaction of its effects.
- An event is in the outbox if and only if the rows it speaks of are committed.
- Events of one key are published in the order in which they were written, whichever instance wrote them.
- Nothing is acknowledged to a caller before it is durable.

Read in this order: `handlers` (what a service gives), `batch` (what happens to it), `consumer`, `outbox`,
`publisher`, `service` (the wiring).
"""
