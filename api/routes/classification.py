"""What pages and phones need of the policy: what can be reported, and who handles it, with its words."""

from collections.abc import Iterable
from typing import Annotated, Protocol

from fastapi import APIRouter
from pydantic import BaseModel

from api.guards import require
from api.identity import Permission, Principal
from api.routes.cases import CaseworkOfRequest
from dispatch.policy import Policy
from dispatch.words import Words

router = APIRouter(prefix="/api/v1", tags=["district"])


class Named(BaseModel):
    """Something that policy names, by its key."""

    id: str
    name: str
    name_en: str


class CategoryItem(Named):
    """One class of the classification; severity runs from 1 (light) to 5 (danger to life)."""

    severity: int
    duty: str
    groups: list[str]


class KindItem(Named):
    """A kind of case, and how one of it may end."""

    outcomes: list[str]


class DepartmentItem(Named):
    """A department that can be called, and the duties whose matters it accepts."""

    duties: list[str]


class Classification(BaseModel):
    """The policy in force, as far as it is everybody's to know."""

    version: int
    digest: str
    categories: list[CategoryItem]
    groups: list[Named]
    """The groups of categories and their headings: `nine_disorders`, `nine_disorders/stalls`."""
    duties: list[Named]
    kinds: list[KindItem]
    posts: list[Named]
    departments: list[DepartmentItem]
    matters: list[Named]
    """What departments are whistled for, by the subdistricts' lists."""


class _Worded(Protocol):
    @property
    def words(self) -> Words: ...


@router.get("/classification")
async def read_classification(
    _: Annotated[Principal, require(Permission.VIEW_TERRITORY)], work: CaseworkOfRequest
) -> Classification:
    """Categories, groups, duties, kinds, posts and departments with their names in both languages."""
    return classification_of(work.policy)


def classification_of(policy: Policy) -> Classification:
    """Show a policy."""
    return Classification(
        version=policy.version,
        digest=policy.digest,
        categories=[
            CategoryItem(
                id=code,
                name=category.words.zh,
                name_en=category.words.en,
                severity=category.severity,
                duty=category.duty,
                groups=sorted(category.groups),
            )
            for code, category in policy.categories.items()
        ],
        groups=_groups(policy),
        duties=_named(policy.duties.items()),
        kinds=[
            KindItem(id=kind, name=rules.words.zh, name_en=rules.words.en, outcomes=sorted(rules.outcomes))
            for kind, rules in policy.kinds.items()
        ],
        posts=_named(policy.posts.items()),
        departments=[
            DepartmentItem(
                id=key,
                name=department.words.zh,
                name_en=department.words.en,
                duties=sorted(department.duties),
            )
            for key, department in policy.departments.items()
        ],
        matters=_named(
            {matter.name: matter for lists in policy.lists.values() for matter in lists.whistle}.items()
        ),
    )


def _named(things: Iterable[tuple[str, _Worded]]) -> list[Named]:
    return [Named(id=key, name=thing.words.zh, name_en=thing.words.en) for key, thing in things]


def _groups(policy: Policy) -> list[Named]:
    listed = []
    for group in policy.groups.values():
        listed.append(Named(id=group.name, name=group.words.zh, name_en=group.words.en))
        listed.extend(
            Named(id=f"{group.name}/{key}", name=words.zh, name_en=words.en)
            for key, words in group.headings.items()
        )
    return listed
