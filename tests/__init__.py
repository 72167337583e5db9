"""The tests. A package, so that no other `tests` that is installed comes before it."""
