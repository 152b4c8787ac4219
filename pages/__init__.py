"""The contracts as pages for people (`make docs`) and as an AsyncAPI document for tools.

Invariants:

- The same sources give the same bytes: no time, no place, no order of a set.
- A page asks no network: it works from a `file://` address, with and without its script.
- Every text of a schema or proto reaches a page through an escaping template, never through concatenation.
- This package reads contracts. What is code (the handlers) is passed in by the command line, as values.
"""
