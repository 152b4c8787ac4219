"""Sends what is in the outbox: `publisher` right after the commit, `sweeper` what a crash left behind."""
