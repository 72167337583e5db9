"""How a bank reads: the checks of its Dutch texts, the report of an author's `bank check --style`, and `bank table`."""
