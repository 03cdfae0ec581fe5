"""One self-contained HTML file from a folium map: it opens with no network at all, in two languages."""

import html
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from geo.map_assets import OutsideAddressError, asset_for, own

LARGEST_BYTES = 8_000_000
_LINK = re.compile(
    r"""<script[^>]*\ssrc=["'](?P<script>[^"']+)["'][^>]*>\s*</script>|"""
    r"""<link[^>]*\shref=["'](?P<style>(?!data:)[^"']+)["'][^>]*>""",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"""(?:\ssrc\s*=\s*|\saction\s*=\s*|@import\s+|url\()["']?\s*((?:https?:)?//[^"')\s>]+)"""
    r"""|L\.tileLayer(?:\.wms)?\(\s*["']([^"']+)""",
    re.IGNORECASE,
)
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""The browser itself then refuses any request that a mistake would make."""


class Words(NamedTuple):
    """The same in Chinese and English."""

    zh: str
    en: str

    @property
    def html(self) -> str:
        """Both, of which the page shows one."""
        return f'<span lang="zh">{html.escape(self.zh)}</span><span lang="en">{html.escape(self.en)}</span>'


NO_WORDS = Words("", "")


class ReportTooLargeError(ValueError):
    """A report that nobody can send around."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The report has {size / 1e6:.1f} MB; {LARGEST_BYTES / 1e6:.0f} MB is the most. "
            "Choose a shorter period or a smaller area."
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A finished page."""

    title: Words
    html: str

    def save(self, path: Path | str) -> Path:
        """Write the file and return its path."""
        target = Path(path)
        target.write_text(self.html, encoding="utf-8")
        return target


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a map: title, subtitle, legend (HTML), panel (HTML), source and date."""

    title: Words
    subtitle: Words
    legend: str
    panel: str
    source: Words
    made_at: datetime
    synthetic: bool = False


def day_words(day: date) -> Words:
    """A date as each language writes it."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return Words(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {months[day.month - 1]} {day.year}")


def date_words(moment: datetime) -> Words:
    """A date and a time as each language writes them."""
    day, clock = day_words(moment), f"{moment:%H:%M}"
    return Words(f"{day.zh} {clock}", f"{day.en}, {clock}")


def finish(drawn: folium.Map, frame: Frame) -> Report:
    """Put the frame around a map and everything that it needs into one file."""
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    figure.header.add_child(Element(_head(frame)))
    figure.html.add_child(Element(_body(frame)))
    drawn.add_child(_Finish())  # type: ignore[no-untyped-call]  # branca states no types here
    page = offline_html(drawn)
    size = len(page.encode("utf-8"))
    if size > LARGEST_BYTES:
        raise ReportTooLargeError(size)
    return Report(frame.title, page)


def offline_html(drawn: folium.Map) -> str:
    """The page of any folium map with its scripts and styles inside.

    Raises `OutsideAddressError` for anything that would have to be fetched, map tiles included.
    """
    page = drawn.get_root().render()
    bare = _LINK.sub("", page)
    if found := _OUTSIDE.search(bare):
        raise OutsideAddressError(found[1] or found[2])
    return _LINK.sub(lambda link: asset_for(link["script"] or link["style"], bare).tag, page)


class _Finish(MacroElement):
    """Runs last: scale, north arrow, language, list and print."""

    _template = Template(
        "{% macro script(this, kwargs) %}yilu.finish({{ this._parent.get_name() }});{% endmacro %}"
    )


def _head(frame: Frame) -> str:
    title = html.escape(f"{frame.title.zh} · {frame.title.en}")
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<title>{title}</title><link rel="icon" href="data:,">'
        f"<style>{own('report.css')}</style><script>{own('report.js')}</script>"
    )


def _body(frame: Frame) -> str:
    mark = Words("模拟数据", "Simulated data").html if frame.synthetic else ""
    badge = f'<b class="badge">{mark}</b>' if mark else ""
    made = date_words(frame.made_at)
    source = Words(
        f"来源：{frame.source.zh}　制图：{made.zh}　坐标：WGS 84",
        f"Source: {frame.source.en} · made {made.en} · coordinates: WGS 84",
    )
    return (
        f'<header class="top"><div><h1>{frame.title.html}{badge}</h1><p>{frame.subtitle.html}</p></div>'
        f'<nav><button id="language" type="button">English</button>'
        f'<button id="print" type="button">{Words("打印", "Print").html}</button></nav></header>'
        f'<aside class="panel">{frame.panel}</aside>'
        f'<section class="legend">{frame.legend}</section><footer class="foot">{source.html}</footer>'
    )
