"""Who takes which case when many wait at once: a minimum-cost assignment over sparse candidates.

Successive shortest paths with prices (Jonker and Volgenant), each search cut off where leaving the case
unassigned is cheaper. Exact over the candidates it is given. Compiled; the interpreter's lock is released.
"""

from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

NOBODY = -1
_NEAREST = 14
_BUCKETS = 256
_OPENING_ROUNDS = 2
_CHANCES = 3

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def _compiled(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    return cast(Callable[_Parameters, _Result], numba.njit(nogil=True, cache=True)(function))


def assign(cost: Floats, alone: Floats, slots: Ints, slot_cost: Floats, nearest: int = _NEAREST) -> Ints:
    """The responder of each case, or `NOBODY`.

    `cost` is cases × responders, infinite where somebody may not; `alone` what leaving each case
    unassigned costs; `slots` how many cases each responder can still take, and `slot_cost` (responders ×
    the most slots) what his first, second … costs on top, rising, so that the burden is shared.

    Of each case the cheapest `nearest` candidates are looked at first; a case that this leaves with nobody
    is then shown everybody it may have.
    """
    owner_of = np.repeat(np.arange(len(slots), dtype=np.int32), slots)
    extra = np.concatenate([slot_cost[who, :room] for who, room in enumerate(slots)] or [np.zeros(0)])
    first, last, columns, prices = _candidates(cost, slots, slot_cost, nearest)
    state = _fresh(len(owner_of), len(cost))
    everybody = np.arange(len(cost), dtype=np.int32)
    _solve(first, last, columns, prices, alone, *state, everybody, _OPENING_ROUNDS)
    left = np.flatnonzero(state.got < 0).astype(np.int32)
    whole = cost[np.ix_(left, owner_of)] + extra
    cut_short = np.isfinite(whole).sum(axis=1) > (last - first)[left]
    left, whole = left[cut_short], whole[cut_short]
    if len(left):
        rows, slots_of_rows = np.nonzero(np.isfinite(whole))
        ends = len(columns) + np.cumsum(np.bincount(rows, minlength=len(left)))
        first[left], last[left] = np.concatenate([[len(columns)], ends[:-1]]), ends
        columns = np.concatenate([columns, slots_of_rows.astype(np.int32)])
        prices = np.concatenate([prices, whole[rows, slots_of_rows]])
        _solve(first, last, columns, prices, alone, *state, left, 0)
    return np.where(state.got < 0, NOBODY, owner_of[state.got] if len(owner_of) else NOBODY).astype(np.int32)


class _State(NamedTuple):
    """What the solver knows so far: prices of slots, who has them, what each row has and pays."""

    dual: Floats
    owner: Ints
    got: Ints
    paid: Floats


def _fresh(slots: int, rows: int) -> _State:
    return _State(np.zeros(slots), np.full(slots, -1, np.int32), np.full(rows, -1, np.int32), np.zeros(rows))


@_compiled
def _limit_of(row: Floats, nearest: int) -> float:
    """A cost that at least `nearest` candidates of the row do not exceed, and hardly more do."""
    least, most, count = np.inf, 0.0, 0
    for value in row:
        if value < np.inf:
            count += 1
            least, most = min(least, value), max(most, value)
    if count <= nearest:
        return np.inf
    histogram = np.zeros(_BUCKETS, np.int32)
    scale = (_BUCKETS - 1) / (most - least + 1e-9)
    for value in row:
        if value < np.inf:
            histogram[int((value - least) * scale)] += 1
    seen, bucket = 0, 0
    while seen < nearest:
        seen += histogram[bucket]
        bucket += 1
    return least + bucket / scale


@_compiled
def _candidates(
    cost: Floats, slots: Ints, slot_cost: Floats, nearest: int
) -> tuple[Ints, Ints, Ints, Floats]:
    """Rows of (slot, cost) pairs: where each row begins and ends, then slots and costs of all."""
    cases, responders = cost.shape
    limits = np.empty(cases, np.float64)
    first = np.zeros(cases, np.int32)
    last = np.zeros(cases, np.int32)
    total = 0
    for case in range(cases):
        limits[case] = _limit_of(cost[case], nearest)
        first[case] = total
        for who in range(responders):
            if cost[case, who] < np.inf and cost[case, who] <= limits[case]:
                total += slots[who]
        last[case] = total
    columns = np.empty(total, np.int32)
    prices = np.empty(total, np.float64)
    for case in range(cases):
        at, slot = first[case], 0
        for who in range(responders):
            value = cost[case, who]
            if value < np.inf and value <= limits[case]:
                for number in range(slots[who]):
                    columns[at] = slot + number
                    prices[at] = value + slot_cost[who, number]
                    at += 1
            slot += slots[who]
    return first, last, columns, prices


@_compiled
def _solve(
    first: Ints,
    last: Ints,
    columns: Ints,
    prices: Floats,
    alone: Floats,
    dual: Floats,
    owner: Ints,
    got: Ints,
    paid: Floats,
    waiting: Ints,
    opening_rounds: int,
) -> None:
    """Give each waiting row a slot, or none, at the least total cost; the state is brought up to date."""
    slots = len(dual)
    left = len(waiting)
    for _ in range(opening_rounds):
        left = _bid(first, last, columns, prices, alone, dual, owner, got, paid, waiting, left)
    distance = np.full(slots, np.inf)
    before = np.empty(slots, np.int32)
    price_in = np.empty(slots, np.float64)
    settled = np.zeros(slots, np.bool_)
    touched = np.empty(slots, np.int32)
    keys = np.empty(len(columns) + 1, np.float64)
    values = np.empty(len(columns) + 1, np.int32)
    for number in range(left):
        row = waiting[number]
        end, gives_up = _cheapest_way(
            row, first, last, columns, prices, alone, dual, owner, paid, distance, before, price_in, settled,
            touched, keys, values,
        )  # fmt: skip
        if end < 0:
            if gives_up == row:
                continue
            end = got[gives_up]
            got[gives_up] = -1
        while True:
            giver = before[end]
            owner[end] = giver
            passed_on = got[giver]
            got[giver] = end
            paid[giver] = price_in[end]
            if giver == row:
                break
            end = passed_on


@_compiled
def _bid(
    first: Ints,
    last: Ints,
    columns: Ints,
    prices: Floats,
    alone: Floats,
    dual: Floats,
    owner: Ints,
    got: Ints,
    paid: Floats,
    waiting: Ints,
    left: int,
) -> int:
    """Each waiting row takes its best slot and lowers its dual to the second best; returns how many wait."""
    at, kept, chances = 0, 0, _CHANCES * left
    while at < left:
        row = waiting[at]
        at += 1
        best, second, slot, price = alone[row], np.inf, -1, 0.0
        for index in range(first[row], last[row]):
            value = prices[index] - dual[columns[index]]
            if value < best:
                second, best, slot, price = best, value, columns[index], prices[index]
            elif value < second:
                second = value
        if slot < 0:
            continue
        ousted = owner[slot]
        lowered = best < second
        if lowered:
            dual[slot] -= second - best
        owner[slot], got[row], paid[row] = row, slot, price
        if ousted >= 0:
            got[ousted] = -1
            if lowered and chances > 0:
                chances -= 1
                at -= 1
                waiting[at] = ousted
            else:
                waiting[kept] = ousted
                kept += 1
    return kept


@_compiled
def _cheapest_way(
    row: int,
    first: Ints,
    last: Ints,
    columns: Ints,
    prices: Floats,
    alone: Floats,
    dual: Floats,
    owner: Ints,
    paid: Floats,
    distance: Floats,
    before: Ints,
    price_in: Floats,
    settled: NDArray[np.bool_],
    touched: Ints,
    keys: Floats,
    values: Ints,
) -> tuple[int, int]:
    """Dijkstra over slots until a free one, or until some row on the way does better unassigned.

    Returns (free slot, -1) or (-1, row that goes without), with `before` holding the way back.
    """
    size, count, current, height = 0, 0, row, 0.0
    best_end, gives_up, end = alone[row], row, -1
    while True:
        for index in range(first[current], last[current]):
            slot = columns[index]
            reduced = prices[index] - dual[slot] - height
            if not settled[slot] and reduced < distance[slot] and reduced < best_end:
                if distance[slot] == np.inf:
                    touched[count] = slot
                    count += 1
                distance[slot], before[slot], price_in[slot] = reduced, current, prices[index]
                size = _push(keys, values, size, reduced, slot)
        while size > 0 and (settled[values[0]] or keys[0] > distance[values[0]]):
            size = _pop(keys, values, size)
        if size == 0 or keys[0] >= best_end:
            reach = best_end
            break
        slot, reach = values[0], keys[0]
        if owner[slot] < 0:
            end, gives_up = slot, -1
            break
        size = _pop(keys, values, size)
        settled[slot] = True
        current = owner[slot]
        height = paid[current] - dual[slot] - reach
        if alone[current] - height < best_end:
            best_end, gives_up = alone[current] - height, current
    for number in range(count):
        slot = touched[number]
        if settled[slot]:
            dual[slot] += distance[slot] - reach
            settled[slot] = False
        distance[slot] = np.inf
    return end, gives_up


@_compiled
def _push(keys: Floats, values: Ints, size: int, key: float, value: int) -> int:
    """Put a key into the binary heap; returns its new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], values[at] = keys[above], values[above]
        at = above
    keys[at], values[at] = key, value
    return size + 1


@_compiled
def _pop(keys: Floats, values: Ints, size: int) -> int:
    """Take the least key off the binary heap; returns its new size."""
    size -= 1
    key, value, at = keys[size], values[size], 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at], values[at] = keys[child], values[child]
        at = child
    keys[at], values[at] = key, value
    return size
