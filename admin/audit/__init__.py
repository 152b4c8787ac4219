"""The audit: `facts` are rows as they were read, `invariants` judges them without any I/O, `reading` reads them.

Four databases and Kafka are never read at one instant. What is judged while orders arrive is therefore chosen so that
it cannot change any more; `reading.read` says in which order it reads, and why that is enough.
"""
