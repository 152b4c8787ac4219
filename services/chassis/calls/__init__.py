"""Calls to remote providers. `docs/remote-providers.md` says how to write one.

Invariants:

- Nobody remote is called in a transaction. A call is stored with the rows that it speaks of (`tables/open_calls.py`);
  then it is asked (`asking.py`), then the answer is recorded (`recording.py`).
- Every time that a call is asked, it carries the same idempotency key, derived from its operation and its aggregate.
- *Unknown* (no answer, half an answer, an error, nonsense) decides nothing: the call stays open and is asked again.
- An answer takes effect once: in the transaction that closes its call.
- A provider that is here (accounts in the service's own database) answers in the transaction that asks
  (`process/unit_of_work.py`): no call is stored. The decisions are the same.
"""
