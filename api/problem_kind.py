"""How one kind of failure is told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """How one kind of failure is told: a status, a title and a sentence, in English and Chinese."""

    slug: str
    status: int
    title: str
    title_zh: str
    detail: str
    detail_zh: str
