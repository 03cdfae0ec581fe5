"""One street, one task force: a chief who answers for it, and the members who come."""

from dataclasses import dataclass

from dispatch.ids import PersonId, TaskForceId
from geo.area_codes import AreaCode
from geo.streets import StreetId


@dataclass(frozen=True, slots=True)
class TaskForce:
    """The people of one street. `hue` (0–7) is the colour the map gives it."""

    id: TaskForceId
    street: StreetId
    name: str
    subdistrict: AreaCode
    chief: PersonId
    members: tuple[PersonId, ...]
    hue: int = 0

    def includes(self, person: PersonId) -> bool:
        """Whether the person is its chief or one of its members."""
        return person == self.chief or person in self.members
