from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Sequence


class Level(str, Enum):
    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True)
class Message:
    """One thing to say: how urgent it is, what it is about, and what happened."""

    level: Level
    subject: str
    text: str

    def __str__(self) -> str:
        return f"[{self.level.value}] {self.subject}: {self.text}"


def digest(lines: Sequence[str], limit: int = 5) -> str:
    """Join the first `limit` lines and say how many more there are."""
    shown = "; ".join(lines[:limit])
    rest = len(lines) - limit
    return f"{shown}; and {rest} more" if rest > 0 else shown
