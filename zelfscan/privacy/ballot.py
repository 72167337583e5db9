"""What one ballot says, and its bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BallotContent:
    """One person's contribution to a round.

    Attributes:
        unit: id of a team.
        values: measure id -> category; None (or no entry) is 'too few answers'.
        background: question id -> chosen answer, None is 'rather not say'.
    """

    unit: str
    values: Mapping[str, str | None]
    background: Mapping[str, str | None] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "BallotContent()"

    def to_bytes(self) -> bytes:
        """Compact JSON, UTF-8: ``{"unit": ..., "values": {...}, "background": {...}}``."""
        content = {"unit": self.unit, "values": dict(self.values), "background": dict(self.background)}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "BallotContent":
        """Read what `to_bytes` wrote. Raises ValueError, without the content, for anything else."""
        try:
            read = json.loads(content)
        except (ValueError, RecursionError):
            read = None
        if not (isinstance(read, dict) and read.keys() == {"unit", "values", "background"}):
            raise ValueError("not a ballot")
        if not (isinstance(read["unit"], str) and _is_choices(read["values"]) and _is_choices(read["background"])):
            raise ValueError("not a ballot")
        return cls(**read)


def _is_choices(value: object) -> bool:
    return isinstance(value, dict) and all(choice is None or isinstance(choice, str) for choice in value.values())
