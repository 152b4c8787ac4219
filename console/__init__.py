"""The console: one page in the browser that shows the running system, served by the gateway's process.

    settings.py    what can be set
    app.py         its routes, mounted at /console/
    guard.py       who may change something, and the headers of every answer
    answers.py     JSON answers; blocking work in threads; errors as google.rpc.Status
    live.py        one state for all open pages, as server-sent events
    polling.py     what is asked of servers, topics, databases and services to make that state
    orders.py      orders; placing and cancelling
    outbox_events.py  the events of an order, decoded from the outboxes
    trouble.py     stuck orders, dead letters, the audit
    contracts.py   events with their schemas and versions
    numbers.py     an hour of figures, scraped from the order service
    static/        the page: HTML, CSS and ES modules, served as they are

Invariants:

- It states what the system answered, or says who did not answer. It keeps nothing but the last hour's figures.
- However many pages are open, the system is asked once; while none is open it is not asked, but for the figures.
- Nothing is changed unless `QUADRILLE_CONSOLE=write`, and every change leaves who and why behind.
"""
