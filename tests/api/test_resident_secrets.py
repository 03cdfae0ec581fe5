"""Sums, tickets and codes: nobody makes them who has not the key."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.resident_secrets import (
    CODE_LENGTH,
    Follow,
    follows,
    mark_of_address,
    new_puzzle,
    read_puzzle,
    read_ticket,
    read_tracking,
    solves,
    ticket_of,
    tracking_of,
)
from tests.api.residents_here import solution_of

KEY, OTHER = b"k" * 32, b"o" * 32
SOON = datetime.now(UTC) + timedelta(hours=1)
CASE = UUID(int=7)


def test_a_sum_is_known_again_and_its_answer_is_checked() -> None:
    puzzle = new_puzzle(KEY, 8, SOON)
    assert read_puzzle(KEY, puzzle.text) == puzzle or read_puzzle(KEY, puzzle.text) is not None
    answer = solution_of(puzzle.text, 8)
    assert solves(puzzle, answer)
    wrong = next(number for number in range(1000) if number != answer and not solves(puzzle, number))
    assert not solves(puzzle, wrong)


def test_a_sum_that_was_made_easier_is_not_ours() -> None:
    text = new_puzzle(KEY, 16, SOON).text
    assert read_puzzle(KEY, text.replace(".16.", ".1.")) is None
    assert read_puzzle(OTHER, text) is None
    for nonsense in ("", "a.b.c.d", "0.1.2", f"{'0' * 32}.1.99999999999999999999.x", text + "x"):
        assert read_puzzle(KEY, nonsense) is None


def test_a_ticket_is_good_under_its_key_only() -> None:
    ticket = ticket_of(KEY, CASE)
    assert read_ticket(KEY, ticket) == CASE
    assert read_ticket(OTHER, ticket) is None
    assert read_ticket(KEY, ticket[:-1]) is None
    assert read_ticket(KEY, "x") is None


@given(st.uuids(), st.integers(1, 10**9), st.sampled_from(Follow))
def test_a_code_opens_its_own_case_as_it_was_given(case: UUID, number: int, may: Follow) -> None:
    tracking = tracking_of(KEY, case, number, may)
    assert len(tracking.code) == CODE_LENGTH
    typed = tracking.text.lower().replace("0", "o").replace("-", " - ", 1).replace(" - ", "-")
    read = read_tracking(typed if typed.partition("-")[0].isdecimal() else tracking.text.lower())
    assert read is not None
    assert read.code == tracking.code
    assert follows(KEY, tracking, case) is may
    assert follows(KEY, tracking, UUID(int=case.int ^ 1)) is None
    assert follows(OTHER, tracking, case) is None


@pytest.mark.parametrize(
    "text", ["", "12", "x-0000", "1-000", "1-UUUU-UUUU-UUUU-UUUU", "-" * 40, "9" * 30 + "-A"]
)
def test_what_is_no_number_and_code_is_none(text: str) -> None:
    assert read_tracking(text) is None


def test_one_home_is_one_address_and_nobodys_address_is_kept() -> None:
    mark = mark_of_address(KEY, "2001:db8:1:2:3::4")
    assert mark == mark_of_address(KEY, "2001:db8:1:2:ffff::1")
    assert mark != mark_of_address(KEY, "2001:db8:1:3::4")
    assert b"192.0.2.1" not in mark_of_address(KEY, "192.0.2.1")
    assert mark_of_address(KEY, "local") != mark_of_address(OTHER, "local")
