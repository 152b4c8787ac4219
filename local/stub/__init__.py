"""A payment provider and a carrier over HTTP, for trying and for tests: a server of our own that misbehaves on demand.

Invariants, which a real one must keep too (`docs/remote-providers.md`):

- One effect for each idempotency key, however often it is asked; the same answer each time.
- What it has done is on disk before it answers: it may be killed at any moment.

What it answers may be late, lost, an error or nonsense (`trouble`). What it has done, never.
"""
