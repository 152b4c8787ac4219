"""The order API as JSON over HTTP: a process of its own, without a database.

Invariants:

- Nothing is defined here. Routes are the protos' `google.api.http` options, bodies their JSON mapping, errors
  `google.rpc.Status`. A method that gets an option is served, with no line of code.
- It holds no state. What it was told to do is done by the service that it calls, or not at all.
- A caller who goes away, or whose time is up, ends the call. One that places or cancels an order may have taken effect
  all the same: the same `Idempotency-Key` finds out.
- Every error is a `google.rpc.Status` with an `ErrorInfo`, also those that never reach a service.
"""
