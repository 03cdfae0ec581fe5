"""`yilu policy check`: whether the rules of the city hold together, and what a change does to open cases."""

import argparse
import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from api.commands import CommandError
from api.commands.database import add_data_argument, open_database, read_settings
from api.settings import Settings, data_folder
from api.store.case_rows import CASE_SELECT, case_of
from api.store.database import driver_transaction, migrate, open_engine
from api.store.rows import fetch_rows
from dispatch.cases import Case, Post
from dispatch.errors import PolicyError
from dispatch.ids import PersonId
from dispatch.lifecycle import OPEN_STATES
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.policy_preview import PolicyPreview, preview


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which folder to check, and whether open cases are looked at."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    check = acts.add_parser(
        "check",
        help="check a folder of rules, and preview what it would do to open cases",
        description="Check a folder of rules; one other than the rules in force is compared with them.",
    )
    check.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="the rules to check (default: those in force)"
    )
    check.add_argument("--no-cases", action="store_true", help="check the files only, without the database")
    add_data_argument(check)


def run(args: argparse.Namespace) -> int:
    """Print what was found; 1 where a file is wrong."""
    in_force = data_folder() / "policy"
    folder: Path = args.folder or in_force
    try:
        proposed = load_policy(folder)
    except PolicyError as mistake:
        print(f"!!  {mistake.words.en}\n!!  {mistake.words.zh}")
        return 1
    print(
        f"ok  version {proposed.version}, {len(proposed.categories)} categories, "
        f"{len(proposed.duties)} duties, {len(proposed.departments)} departments; "
        f"working days known until {proposed.calendar.known_until}"
    )
    if args.folder is None or args.no_cases:
        return 0
    settings = read_settings(args)
    with open_database(settings) as url:
        migrate(url)
        cases, posts = asyncio.run(_open_cases(url, settings))
    try:
        current = load_policy(in_force)
    except PolicyError as mistake:
        raise CommandError(f"the rules in force are broken: {mistake.words.en}") from mistake
    print("\n".join(told(preview(current, proposed, cases, datetime.now(UTC), posts), proposed)))
    return 0


async def _open_cases(url: str, settings: Settings) -> tuple[list[Case], dict[PersonId, Post]]:
    engine = open_engine(url, pool_size=1)
    try:
        async with driver_transaction(engine) as driver:
            rows = await fetch_rows(
                driver,
                f"SELECT {CASE_SELECT} FROM cases c WHERE c.district = $1 AND c.state = ANY($2::text[])",  # noqa: S608 - a constant
                settings.district_code,
                [state.value for state in OPEN_STATES],
            )
            people = await fetch_rows(
                driver, "SELECT id, post FROM person WHERE district = $1", settings.district_code
            )
    finally:
        await engine.dispose()
    return [case_of(row) for row in rows], {PersonId(row["id"]): Post(row["post"]) for row in people}


def told(found: PolicyPreview, proposed: Policy) -> list[str]:
    """The preview as lines to read."""
    if found.same:
        return ["--  the same rules as those in force"]
    lines = [f"--  {found.looked_at} open cases looked at"]
    if found.version_not_raised:
        lines.append("!!  policy.toml: raise `version`, so that cases can tell the two apart")
    if found.new_categories:
        lines.append(f"--  new categories: {', '.join(found.new_categories)}")
    if found.gone_categories:
        lines.append(f"--  categories taken out: {', '.join(found.gone_categories)}")
    for what, number in (
        ("open cases of a category that is taken out", len(found.without_category)),
        ("open cases that would be late at once", len(found.late_at_once)),
        ("open cases whose holder may no longer take them", len(found.holder_may_not)),
        ("open cases for which no post could be asked any more", len(found.nobody_to_ask)),
    ):
        if number:
            lines.append(f"!!  {number} {what}")
    earlier = Counter(moved.category for moved in found.moved if moved.after < moved.before)
    later = Counter(moved.category for moved in found.moved if moved.after > moved.before)
    for which, counts in (("earlier", earlier), ("later", later)):
        for category, number in counts.most_common():
            name = proposed.category(category).words
            lines.append(f"--  {number} deadlines {which}: {category} {name.zh} ({name.en})")
    if not found.touches_cases:
        lines.append("ok  no open case would be treated differently")
    return lines
