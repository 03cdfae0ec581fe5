"""The tables that stand on the boundaries: which columns each has, what they mean, an example of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.cells import (
    CellError,
    Value,
    area_code,
    day,
    instant,
    names,
    number,
    positive,
    text,
    whole,
    year,
    yes_or_no,
)

__all__ = ["KINDS", "CellError", "Column", "Shape", "Table", "TableKind", "Value"]


class TableKind(StrEnum):
    """What can be brought in as a table."""

    STREETS = "streets"
    PEOPLE = "people"
    TASK_FORCES = "task-forces"
    ROSTERS = "rosters"
    CENTRES = "centres"
    ESTATES = "estates"


class Shape(StrEnum):
    """The shape that a row has; a CSV or XLSX states points as lon and lat, the others as WKT in `shape`."""

    NONE = "none"
    POINT = "point"
    OPTIONAL_POINT = "optional point"
    LINE = "line"
    POLYGON = "polygon"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: how a cell is read, what stands in for an empty one, other names it goes by.

    `refers_to` names what the value (each of several) has to exist among: area, street, person.
    """

    name: str
    read: Callable[[object], Value]
    zh: str
    example: str
    required: bool = False
    default: Value = None
    aliases: tuple[str, ...] = ()
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table; `key` are the columns that no two rows may share."""

    columns: Sequence[Column]
    shape: Shape
    key: tuple[str, ...]
    zh: str

    @property
    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Each column's name with the other names it goes by."""
        return {column.name: (*column.aliases, column.zh) for column in self.columns}


_NAME = Column("name", text, "名称", "柳荫巷", required=True, aliases=("mc", "姓名"))
_NAME_EN = Column("name_en", text, "英文名", "Liuyin Alley", default="", aliases=("english",))

KINDS: Mapping[TableKind, Table] = {
    TableKind.STREETS: Table(
        (
            Column("id", text, "编号", "S01", required=True, aliases=("street_id", "街巷编号")),
            _NAME,
            _NAME_EN,
            Column("subdistrict", area_code, "所属街道", "990101001", required=True, refers_to="area"),
            Column("width_m", positive, "宽度（米）", "12", default=12.0, aliases=("width", "宽度")),
            Column("polygon", text, "面（WKT）", "", default="", aliases=("polygon_wkt",)),
        ),
        Shape.LINE,
        ("id",),
        "街巷",
    ),
    TableKind.PEOPLE: Table(
        (
            Column("id", text, "人员编号", "", default="", aliases=("person_id",)),
            Column("name", text, "姓名", "王小安", required=True),
            Column("name_en", text, "英文名", "Wang Xiaoan", default=""),
            Column("post", text, "岗位", "grid_worker", required=True),
            Column("area", area_code, "辖区编码", "990101001001", required=True, refers_to="area"),
            Column("phone", text, "电话", "13900000001", required=True, aliases=("mobile", "手机")),
            Column("street", text, "负责街巷", "", default="", refers_to="street"),
            Column("department", text, "部门", "", default=""),
            Column("skills", names, "技能", "mediation;first aid", default=()),
            Column("capacity", whole, "同时办理上限", "3", default=3),
        ),
        Shape.OPTIONAL_POINT,
        ("phone",),
        "人员",
    ),
    TableKind.TASK_FORCES: Table(
        (
            Column("street", text, "街巷编号", "S01", required=True, refers_to="street"),
            Column("name", text, "专班名称", "柳荫巷专班", required=True),
            Column("name_en", text, "英文名", "Liuyin Alley task force", default=""),
            Column("chief", text, "街巷长（电话）", "13900000001", required=True, refers_to="person"),
            Column(
                "members", names, "成员（电话）", "13900000002;13900000003", default=(), refers_to="person"
            ),
        ),
        Shape.NONE,
        ("street",),
        "专班",
    ),
    TableKind.ROSTERS: Table(
        (
            Column("person", text, "人员（电话）", "13900000001", required=True, refers_to="person"),
            Column(
                "starts_at", instant, "开始时间", "2026-11-23 08:00", required=True, aliases=("start", "上班")
            ),
            Column(
                "ends_at", instant, "结束时间", "2026-11-23 16:00", required=True, aliases=("end", "下班")
            ),
            Column("emergency", yes_or_no, "应急岗位", "否", default=False),
        ),
        Shape.OPTIONAL_POINT,
        ("person", "starts_at"),
        "排班",
    ),
    TableKind.CENTRES: Table(
        (
            Column("id", text, "编号", "C001", required=True, aliases=("centre_id",)),
            Column("name", text, "名称", "柳荫社区党群服务中心", required=True),
            Column("name_en", text, "英文名", "Liuyin Community Service Centre", default=""),
            Column("kind", text, "类型", "community_centre", default="community_centre"),
            Column("tier", text, "层级", "N", default="N"),
            Column("community", area_code, "所属社区", "990101001001", default="", refers_to="area"),
            Column(
                "floor_area_m2", number, "面积（平方米）", "1050", default=0.0, aliases=("area_m2", "面积")
            ),
            Column("capacity", whole, "日接待量", "160", default=0),
            Column("opening_hours", text, "开放时间", "Mo-Fr 08:30-12:00,14:30-18:00", default=""),
            Column("by_appointment", yes_or_no, "可预约", "是", default=False),
            Column("opens_on", day, "启用日期", "", default=None),
            Column("closes_on", day, "停用日期", "", default=None),
        ),
        Shape.POINT,
        ("id",),
        "服务中心",
    ),
    TableKind.ESTATES: Table(
        (
            Column("id", text, "编号", "E001", required=True, aliases=("estate_id",)),
            Column("name", text, "名称", "柳荫小区", required=True),
            Column("name_en", text, "英文名", "Liuyin Estate", default=""),
            Column("community", area_code, "所属社区", "990101001001", default="", refers_to="area"),
            Column("kind", text, "类型", "slabs", default=""),
            Column("households", whole, "户数", "320", default=0),
            Column("buildings", whole, "楼栋数", "8", default=0),
            Column("built", year, "建成年份", "1998", default=None),
        ),
        Shape.POLYGON,
        ("id",),
        "小区",
    ),
}
"""Every kind of table."""
