"""How the chassis talks to PostgreSQL. No table is named in here.

- `engine` makes SQLAlchemy's engine, and waits for tables of a revision that the service runs on.
- `direct` opens the transactions of the hot path; `pipeline` sends their statements together; `arrays` and `bulk` write
  many rows in one statement.
- `continuity` notices that another server answers, and stops decisions until its contents are checked.
- `migrate` brings a service's tables up to date.
"""
