"""The base of errors that a person can mend."""


class ClearError(Exception):
    """Something given to us is wrong. The message says where, what, and how to mend it; no traceback is needed."""
