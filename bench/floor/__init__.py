"""The floors: the same work with the same libraries, as bare as it can be."""
