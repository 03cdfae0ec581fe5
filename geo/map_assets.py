"""Where a report's scripts and styles come from: wheels on this machine, never an address outside."""

import base64
import mimetypes
import re
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

_LEAFLET = "xstatic/pkg/leaflet/data"
_JQUERY = "xstatic/pkg/jquery/data"
_FILES = {
    r"/npm/leaflet@[^/]+/dist/leaflet\.js$": ("XStatic-Leaflet", f"{_LEAFLET}/leaflet.js"),
    r"/npm/leaflet@[^/]+/dist/leaflet\.css$": ("XStatic-Leaflet", f"{_LEAFLET}/leaflet.css"),
    r"//code\.jquery\.com/jquery-[\d.]+(?:\.min)?\.js$": ("XStatic-jQuery", f"{_JQUERY}/jquery.min.js"),
}
_UNUSED = {
    r"/npm/bootstrap@": None,
    r"bootstrap-glyphicons\.css$": None,
    r"/npm/@fortawesome/fontawesome-free@": None,
    r"leaflet\.awesome\.rotate\.min\.css$": None,
    r"/Leaflet\.awesome-markers/": "AwesomeMarkers",
}
"""What folium links to by habit, and the word in a page that shows that it is needed after all."""
_NEEDS_JQUERY = re.compile(r"\$\(")
_CSS_URL = re.compile(r"""url\(\s*['"]?([^)'"]+)['"]?\s*\)""")


class OutsideAddressError(LookupError):
    """A page wants something from an address outside, which a closed network does not have."""

    def __init__(self, address: str) -> None:
        super().__init__(f"The map wants {address}, which is not on this machine.")
        self.address = address


@dataclass(frozen=True, slots=True)
class Asset:
    """A script or style that goes into the page; no text where the page does without it."""

    text: str
    is_style: bool

    @property
    def tag(self) -> str:
        """The element that carries it."""
        if not self.text:
            return ""
        if self.is_style:
            return f"<style>{self.text}</style>"
        return "<script>" + self.text.replace("</script", "<\\/script") + "</script>"


def asset_for(address: str, page: str) -> Asset:
    """What stands for an address in a page that is otherwise complete; raises `OutsideAddressError`."""
    is_style = address.endswith(".css")
    for pattern, (distribution, name) in _FILES.items():
        if re.search(pattern, address):
            if distribution == "XStatic-jQuery" and not _NEEDS_JQUERY.search(page):
                return Asset("", is_style)
            path = _installed(distribution, name, address)
            return Asset(_with_pictures(path) if is_style else path.read_text("utf-8"), is_style)
    for pattern, sign_of_use in _UNUSED.items():
        if re.search(pattern, address) and (sign_of_use is None or sign_of_use not in page):
            return Asset("", is_style)
    raise OutsideAddressError(address)


def own(name: str) -> str:
    """The text of a file of our own that reports are made with."""
    return (resources.files("geo") / "page" / name).read_text("utf-8")


def _installed(distribution: str, name: str, address: str) -> Path:
    try:
        path = Path(str(metadata.distribution(distribution).locate_file(name)))
    except metadata.PackageNotFoundError:
        raise OutsideAddressError(address) from None
    if not path.is_file():
        raise OutsideAddressError(address)
    return path


def _with_pictures(style: Path) -> str:
    def inlined(found: re.Match[str]) -> str:
        target = found[1]
        if target.startswith(("data:", "#")):
            return found[0]
        picture = style.parent / target.split("?")[0].split("#")[0]
        if not picture.is_file():
            raise OutsideAddressError(target)
        kind = mimetypes.guess_type(picture.name)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(picture.read_bytes()).decode()})"

    return _CSS_URL.sub(inlined, style.read_text("utf-8"))
