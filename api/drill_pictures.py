"""Photographs for the drill: drawn, so that everybody sees at once that nobody took them."""

import io
from random import Random

from PIL import Image, ImageDraw

SIZE = (960, 720)
_HORIZON = 400
_SKIES = ((196, 216, 232), (222, 226, 230), (240, 214, 180), (120, 130, 156))
_WALLS = ((186, 160, 140), (168, 172, 176), (204, 188, 150), (150, 130, 120), (176, 190, 186))
_GOODS = ((200, 70, 60), (70, 120, 180), (230, 180, 60), (90, 150, 90), (150, 90, 150))


def draw_photograph(heading: str, seed: str, *, cleared: bool = False) -> bytes:
    """Draw a street with what a heading of the nine disorders names, or with nothing left of it, as JPEG."""
    chance = Random(seed)
    image = Image.new("RGB", SIZE, chance.choice(_SKIES))
    pen = ImageDraw.Draw(image)
    _houses(pen, chance)
    _road(pen)
    if not cleared:
        _DRAWN.get(heading, _rubbish)(pen, chance)
    pen.rectangle((0, SIZE[1] - 44, SIZE[0], SIZE[1]), fill=(30, 34, 40))
    pen.text(
        (16, SIZE[1] - 38), f"SIMULATION  drawn, not taken  {seed[:24]}", fill=(240, 200, 90), font_size=26
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _houses(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    x = 0
    while x < SIZE[0]:
        width, height = chance.randint(110, 230), chance.randint(140, 330)
        pen.rectangle((x, _HORIZON - height, x + width, _HORIZON), fill=chance.choice(_WALLS))
        for left in range(x + 16, x + width - 28, 44):
            for top in range(_HORIZON - height + 20, _HORIZON - 60, 56):
                pen.rectangle((left, top, left + 24, top + 32), fill=(84, 100, 116))
        x += width + chance.choice((0, 0, 26))


def _road(pen: ImageDraw.ImageDraw) -> None:
    width, height = SIZE
    pen.rectangle((0, _HORIZON, width, _HORIZON + 110), fill=(176, 174, 168))
    pen.rectangle((0, _HORIZON + 110, width, height), fill=(96, 98, 102))
    for left in range(20, width, 160):
        pen.rectangle((left, height - 130, left + 90, height - 122), fill=(224, 222, 210))


def _stalls(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    for left in range(chance.randint(60, 160), 860, 240):
        cloth = chance.choice(_GOODS)
        pen.polygon(((left, 380), (left + 180, 380), (left + 200, 420), (left - 20, 420)), fill=cloth)
        pen.rectangle((left, 470, left + 180, 520), fill=(150, 110, 70))
        for place in range(left + 14, left + 170, 30):
            pen.ellipse((place, 446, place + 26, 474), fill=chance.choice(_GOODS))


def _vehicles(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    for left in range(chance.randint(40, 140), 800, 270):
        paint = chance.choice(_GOODS)
        pen.rectangle((left, 470, left + 220, 540), fill=paint)
        pen.polygon(
            ((left + 40, 470), (left + 70, 424), (left + 160, 424), (left + 190, 470)), fill=(70, 84, 96)
        )
        for wheel in (left + 36, left + 150):
            pen.ellipse((wheel, 516, wheel + 46, 562), fill=(24, 24, 26))


def _rubbish(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    middle = chance.randint(240, 720)
    for _ in range(42):
        x, y = chance.gauss(middle, 80), chance.uniform(450, 540)
        size = chance.randint(12, 46)
        pen.ellipse(
            (x, y, x + size, y + size * 0.7), fill=chance.choice((*_GOODS, (60, 60, 64), (230, 230, 226)))
        )


def _sheets(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    for _ in range(26):
        x, y = chance.randint(40, 880), chance.randint(160, 360)
        pen.rectangle((x, y, x + 40, y + 54), fill=(250, 248, 236), outline=chance.choice(_GOODS), width=4)


def _lines(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    for _ in range(9):
        begins, ends, slack = chance.randint(60, 200), chance.randint(60, 200), chance.randint(40, 150)
        points = [
            (x, begins + (ends - begins) * x / SIZE[0] + slack * (1 - (2 * x / SIZE[0] - 1) ** 2))
            for x in range(0, SIZE[0] + 1, 40)
        ]
        pen.line(points, fill=(34, 34, 38), width=5)


def _diggings(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    left = chance.randint(120, 420)
    pen.polygon(((left, 470), (left + 380, 450), (left + 430, 560), (left - 30, 570)), fill=(92, 66, 44))
    pen.polygon(((left + 60, 450), (left + 150, 360), (left + 260, 450)), fill=(140, 104, 70))
    for post in range(left - 40, left + 460, 90):
        pen.rectangle((post, 440, post + 12, 530), fill=(226, 110, 40))


_DRAWN = {
    "stalls": _stalls,
    "parking": _vehicles,
    "rubbish": _rubbish,
    "posters": _sheets,
    "lines": _lines,
    "building": _diggings,
    "digging": _diggings,
    "dumping": _rubbish,
    "shop_goods": _stalls,
}
