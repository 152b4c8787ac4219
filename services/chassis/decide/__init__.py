"""What a service writes: its handlers, the calls that they ask for, and what they may know: ids and the time.

Nothing in here does I/O. A service's `decisions.py` needs this folder, its own `model.py`, and the generated events.
"""
