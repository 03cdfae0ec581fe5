"""Text as XML can hold it."""

import re

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Leave out what no XML can hold: control characters and halves of characters."""
    return _UNWRITABLE.sub("", text)
