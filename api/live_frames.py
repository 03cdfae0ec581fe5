"""What a live stream carries: server-sent events, each built once for all who may see the same."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from api.identity import Grant, Reach, Role, Where
from api.store.feed import FeedEvent, FeedPlace
from api.store.hands import Hand, hands_within
from api.store.positions import KnownPosition


@dataclass(frozen=True, slots=True)
class LiveScope:
    """What one follower may see; followers with equal scopes share their frames."""

    cases: Reach
    positions: Reach


def shared_reach(reach: Reach, district: str) -> Reach:
    """Return the same reach in the form that it has for everybody who sees the same.

    Who sees the whole district needs no role and no 'own' beside it: a command centre shares its frames.
    """
    if any(grant.covers(Where(district)) for grant in reach.grants):
        return Reach((Grant(Role.OPERATOR, district),))
    places = sorted({(g.area, g.street or "", g.department or "") for g in reach.grants})
    grants = tuple(Grant(Role.OPERATOR, area, street or None, dept or None) for area, street, dept in places)
    return Reach(grants, reach.own)


@dataclass(frozen=True, slots=True)
class LiveCard:
    """A case as it stands, and whose business it is."""

    id: UUID
    where: Where
    formerly: tuple[Where, ...]
    """Everything that it ever was: whose it was must hear that it is his no more."""
    lay_outside: bool
    """It lay outside every area once, where the nearest area's people saw it."""
    body: bytes
    """JSON, the same as in a list of cases."""

    def was_seen(self, reach: Reach) -> bool:
        """Whether somebody of this reach may have seen it."""
        return self.lay_outside or any(map(reach.covers, self.formerly))


@dataclass(frozen=True, slots=True)
class News:
    """What happened since the last frame: the events in order, and each touched case as it now stands."""

    place: FeedPlace
    events: Sequence[FeedEvent]
    cards: Sequence[LiveCard]

    def frame(self, reach: Reach) -> bytes | None:
        """Return the frame for followers of this reach; None where nothing concerns them.

        A case that they could see, and cannot any more, is named as gone.
        """
        seen = [card for card in self.cards if reach.covers(card.where)]
        visible = {card.id for card in seen}
        events = [event_json(event) for event in self.events if event.case_id in visible]
        gone = [str(card.id) for card in self.cards if card.id not in visible and card.was_seen(reach)]
        if not seen and not gone:
            return None
        body = b'{"cases":[%b],"events":[%b],"gone":%b}' % (
            b",".join(card.body for card in seen),
            b",".join(events),
            orjson.dumps(sorted(gone)),
        )
        return sse("news", body, self.place)


def positions_frame(positions: Collection[tuple[KnownPosition, bytes]], reach: Reach) -> bytes | None:
    """Return the frame of those positions (each with its JSON) that lie within the reach, if any does."""
    seen = [body for one, body in positions if any(map(reach.covers, one.where))]
    return sse("positions", b'{"people":[%b]}' % b",".join(seen)) if seen else None


def hands_frame(hands: Sequence[Hand], reach: Reach) -> bytes:
    """Return the frame of all hands on cases within the reach; it stands for every one told before."""
    held = [
        {"page": str(hand.page), "name": hand.name, "case": str(hand.case_id), "taken": hand.taken}
        for hand in hands_within(hands, reach)
    ]
    return sse("hands", orjson.dumps({"hands": held}))


def closures_frame(standing: Collection[UUID]) -> bytes:
    """Return the frame that says which closures stand: whoever shows them fetches them anew."""
    return sse("closures", orjson.dumps({"standing": sorted(map(str, standing))}))


def position_json(one: KnownPosition) -> bytes:
    """Return somebody's place as followers see it; names they have from the list."""
    return orjson.dumps(
        {
            "person": str(one.person),
            "lon": round(one.lon, 6),
            "lat": round(one.lat, 6),
            "at": one.at,
            "accuracy_m": one.accuracy_m,
        }
    )


def event_json(event: FeedEvent) -> bytes:
    """Return an event as followers see it: what happened to which case, and by whom."""
    return orjson.dumps(
        {
            "seq": event.seq,
            "id": str(event.id),
            "case": str(event.case_id),
            "action": event.kind,
            "actor_post": event.actor_post,
            "by": event.actor_name,
            "at": event.at,
        }
    )


def hello(place: FeedPlace, *, resumed: bool = False) -> bytes:
    """Return the first frame: after it nothing is missed.

    A follower fetches his lists when he has heard it, unless the stream resumes where he left it; then he
    applies what follows.
    """
    body = {"epoch": place.epoch, "seq": place.seq, "resumed": resumed}
    return sse("hello", orjson.dumps(body), place)


def resync(place: FeedPlace) -> bytes:
    """Return the frame that says: too much was missed, fetch your lists anew."""
    return sse("resync", orjson.dumps({"epoch": place.epoch, "seq": place.seq}), place)


BEAT = b"event: beat\ndata: {}\n\n"
"""Sent now and then, so that both ends notice when the other is gone."""


def sse(event: str, body: bytes, place: FeedPlace | None = None) -> bytes:
    """Return one server-sent event; JSON holds no line break, so one data line carries it."""
    name = b"" if place is None else b"id: %b\n" % str(place).encode()
    return b"%bevent: %b\ndata: %b\n\n" % (name, event.encode(), body)
