"""A district small enough to count by hand: one community of sixteen square grids and three lanes."""

from collections.abc import Sequence

from shapely import LineString, box
from sqlalchemy.ext.asyncio import AsyncEngine

from api.store.database import driver_transaction
from api.store.territory import save_areas, save_district, save_streets
from geo.areas import Area, AreaCode
from geo.streets import Street, StreetId, polygon_from_centreline

DISTRICT = AreaCode("990101")
SUBDISTRICT = AreaCode("990101001")
COMMUNITY = AreaCode("990101001001")
WEST, SOUTH, SIDE = 112.0, 37.0, 0.01
Z10 = "10/830/398"
"""The tile of zoom 10 that holds all of it."""


def grid_code(number: int) -> AreaCode:
    """The code of grid 1 … 16, counted west to east, then south to north."""
    return AreaCode(f"{COMMUNITY}{number:03}")


def areas() -> list[Area]:
    """The district, its one subdistrict, its one community, and the grids."""
    whole = box(WEST, SOUTH, WEST + 4 * SIDE, SOUTH + 4 * SIDE)
    upper = [
        Area(DISTRICT, "样例区", "Small District", whole, 4800),
        Area(SUBDISTRICT, "东街道", "East Subdistrict", whole, 4800),
        Area(COMMUNITY, "第一社区", "First Community", whole, 4800),
    ]
    grids = [
        Area(
            grid_code(4 * row + column + 1),
            f"网格{4 * row + column + 1}",
            f"Grid {4 * row + column + 1}",
            box(
                WEST + column * SIDE,
                SOUTH + row * SIDE,
                WEST + (column + 1) * SIDE,
                SOUTH + (row + 1) * SIDE,
            ),
            300,
        )
        for row in range(4)
        for column in range(4)
    ]
    return upper + grids


def streets() -> list[Street]:
    """Three lanes beside each other, from south to north."""
    lines = [LineString([(WEST + east, 37.001), (WEST + east, 37.03)]) for east in (0.002, 0.005, 0.015)]
    return [
        Street(
            StreetId(f"lane-{number}"),
            f"{'甲乙丙'[number]}巷",
            f"Lane {number}",
            line,
            polygon_from_centreline(line, 12.0),
            12.0,
            SUBDISTRICT,
        )
        for number, line in enumerate(lines)
    ]


async def load(engine: AsyncEngine, lanes: Sequence[Street] | None = None) -> None:
    """Save the small district into an empty store."""
    async with driver_transaction(engine) as driver:
        await save_district(driver, DISTRICT, "样例区", "Small District", synthetic=True)
        await save_areas(driver, DISTRICT, areas(), by="test", source="by hand")
        await save_streets(
            driver, DISTRICT, streets() if lanes is None else lanes, by="test", source="by hand"
        )
