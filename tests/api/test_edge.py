"""Bodies and addresses that no route may see."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.edge import MAX_DEPTH, RefusedBodyError, check_address, check_json

REFUSED = {
    "NaN": b'{"x": NaN}',
    "infinity": b'{"x": -Infinity}',
    "beyond double": b'{"x": 1e400}',
    "5,000 digits": b'{"x": ' + b"9" * 5000 + b"}",
    "beyond 64 bits": b'{"x": 18446744073709551616}',
    "NUL": b'{"x": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000b": 1}',
    "bare NUL": b'{"x": "a\x00b"}',
    "lone surrogate": b'{"x": "\\ud800"}',
    "1,000 deep": b"[" * 1000 + b"]" * 1000,
    "just too deep": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "broken": b'{"x": ',
    "not UTF-8": b'{"x": "\xff"}',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_no_field_can_mean_is_refused_in_both_languages(body: bytes) -> None:
    with pytest.raises(RefusedBodyError) as refused:
        check_json(body)
    assert refused.value.reason.endswith(".")
    assert refused.value.reason_zh.endswith("。")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"x": 1.5, "phone": "1234567890123456789012345"}',
        b'{"x": 0.12345678901234567890123}',
        b'{"x": "\\ud83d\\ude00"}',
        b'{"x": "written out: \\\\u0000"}',
        b'{"x": "[[[[' + b"[" * 200 + b'"}',
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b"[" + b"[]," * 500 + b"[]]",
    ],
)
def test_what_only_looks_dangerous_passes(body: bytes) -> None:
    assert check_json(body) == body


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8", min_codepoint=1)), inner)
    ),
    max_leaves=20,
)


@given(plain_json)
def test_every_ordinary_document_passes(document: object) -> None:
    body = json.dumps(document).encode()
    assert check_json(body) == body


@pytest.mark.parametrize(("path", "query"), [(b"/a%00b", b""), (b"/a", b"q=%00"), (b"/a", b"q=\x00")])
def test_an_address_with_a_nul_is_refused(path: bytes, query: bytes) -> None:
    with pytest.raises(RefusedBodyError):
        check_address({"type": "http", "raw_path": path, "query_string": query})
