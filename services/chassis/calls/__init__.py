"""Calls to the outside world: a payment provider, a carrier. `docs/outside-world.md` says how to write one.

Invariants:

- Nothing outside is called in a transaction. What is to be asked is recorded with the rows that it speaks of (`table`),
  then it is asked (`asking`), then the answer is recorded (`recording`).
- Every time that a call is asked, it carries the same idempotency key, derived from its operation and its order.
- *Unknown* (no answer, half an answer, an error, nonsense) decides nothing: the call stays open and is asked again.
- An answer takes effect once: in the transaction that closes its call.
- A provider that is here (accounts in the service's own database) answers in the transaction that asks (`answering`):
  no call is stored. The decisions are the same.
"""
