"""Bytes to text and back: PEP 263 as Python reads it, every byte kept, strangers' encodings refused."""

from __future__ import annotations

import ast
import codecs
import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeops_codemods.source.text import DecodeError, decode

BOM = codecs.BOM_UTF8
ENDINGS = st.sampled_from([b"\n", b"\r\n", b"\r"])
HEADERS = st.sampled_from(
    [
        b"",
        b"\f",
        b" \t",
        b"#!/usr/bin/env python",
        b"# coding: latin-1",
        b"\f # -*- coding: latin-1 -*-",
        b"# vim: set fileencoding=cp1252 :",
        b"# coding = latin-1",
        b"# coding:latin-1 coding:cp1252",
        b"# coding:\t utf-8-unix",
        b"# coding: utf_8",
        b"# coding:",
        b"x = 1  # coding: latin-1",
        b"x = 1",
        b"# coding: no-such-thing",
        b"# encoding: koi8-r",
        b"'# coding: latin-1'",
    ]
)
BODIES = st.sampled_from([b"", b"y = 'a'", "y = 'é€'".encode(), b"y = '\xe9\x80'", b"y = '''\f\r\n\r'''"])


def error_of(data: bytes) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    return caught.value


@given(st.lists(st.tuples(HEADERS, ENDINGS), max_size=3), BODIES, st.booleans())
def test_reads_a_file_as_python_does(lines: list[tuple[bytes, bytes]], body: bytes, bom: bool) -> None:
    data = (BOM if bom else b"") + b"".join(line + end for line, end in lines) + body
    try:
        expected = ast.dump(ast.parse(data))
    except SyntaxError:
        expected = None
    try:
        found = ast.dump(ast.parse(decode(data).text))
    except (DecodeError, SyntaxError):
        found = None
    # Python's tokenizer refuses a byte order mark with `utf_8`, another name of the very same encoding.
    assert found == expected or (bom and b"utf_8" in data)


@given(st.binary())
def test_any_bytes_are_refused_or_written_back_as_they_were(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        source = decode(data)
        assert source.encode(source.text) == data


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.booleans())
def test_any_text_survives_with_and_without_a_mark(text: str, bom: bool) -> None:
    data = b"# coding: utf-8\n" + text.encode()
    source = decode(BOM + data if bom else data)
    assert (source.text, source.bom) == (data.decode(), bom)
    assert source.encode(source.text) == (BOM + data if bom else data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\r",
        b"x = 1",
        b"x = 1\r\ny = 2\rz = 3\n",
        b"x = 1\r",
        b"\f\nclass A:\n\f    pass\n\x1a",
        b"x = '\xe2\x80\xa8\xc2\x85'\n",
        BOM,
        BOM + b"x = 1\r\n",
        BOM + BOM + b"x = 1\n",
    ],
)
def test_line_endings_and_odd_characters_stay(data: bytes) -> None:
    source = decode(data)
    assert source.text == data.removeprefix(BOM).decode()
    assert source.encode(source.text) == data


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("latin-1", "é"),
        ("cp1252", "€"),
        ("koi8-r", "Привет"),
        ("shift_jis", "日本語ソ"),
        ("gb18030", "汉字😀"),
        ("euc-jp", "日本"),
        ("big5", "漢"),
    ],
)
def test_legacy_encodings_are_read_and_written(name: str, text: str) -> None:
    data = f"# coding: {name}\r\nx = '{text}'\r\n".encode(name)
    source = decode(data)
    assert source.text.endswith(f"x = '{text}'\r\n")
    assert source.encode(source.text.replace("x", "y")) == data.replace(b"x =", b"y =")


def test_the_digest_is_that_of_the_bytes_and_not_of_the_text() -> None:
    data = BOM + b"x = 1\n"
    assert decode(data).digest == hashlib.sha256(data).hexdigest()
    assert decode(data).digest != decode(b"x = 1\n").digest


@pytest.mark.parametrize(
    "name",
    [
        "utf-16",
        "utf-16-le",
        "utf_32",
        "UTF-7",
        "u7",
        "rot13",
        "rot_13",
        "hex",
        "base64",
        "zip",
        "unicode_escape",
        "Unicode-Escape",
        "raw_unicode_escape",
        "punycode",
        "idna",
        "hz",
        "iso-2022-jp",
        "iso2022_kr",
        "cp037",
        "undefined",
        "shift_jisx0213",
    ],
)
def test_encodings_that_compute_or_keep_state_are_refused(name: str) -> None:
    error = error_of(f"#!/usr/bin/python\n# coding: {name}\nx = 1\n".encode())
    assert error.line == 2
    assert name in error.message
    assert "UTF-8" in error.message


def test_an_unknown_encoding_is_named() -> None:
    error = error_of(b"# coding: klingon\n")
    assert (error.line, "'klingon'" in error.message) == (1, True)


def test_a_cookie_that_contradicts_the_mark_is_an_error() -> None:
    error = error_of(BOM + b"\n# coding: latin-1\n")
    assert (error.line, "byte order mark" in error.message) == (2, True)
    assert decode(BOM + b"# coding: UTF8\n").encoding == "utf-8"


def test_a_cookie_below_code_is_none() -> None:
    assert decode(b"x = 1\n# coding: latin-1\n").encoding == "utf-8"
    assert decode(b"\n\n# coding: latin-1\n").encoding == "utf-8"
    assert decode(b"\n# coding: latin-1\n").encoding == "iso8859-1"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_bad_byte_is_found_at_its_line(end: bytes) -> None:
    error = error_of(b"a = 1" + end + b"b = 2" + end + b"c = '\xff'" + end)
    assert error.line == 3
    assert "0xff" in error.message
    assert "coding: latin-1" in error.message


def test_nul_is_refused_at_its_line() -> None:
    error = error_of(b"a = 1\r\nb = '\0'\n")
    assert (error.line, "NUL" in error.message) == (2, True)


def test_bytes_that_the_codec_would_write_otherwise_are_refused() -> None:
    twice = b"# coding: cp932\nx = '\x87\x90'\n"  # NEC's code for a character that cp932 writes as 0x81e0
    assert twice.decode("cp932").encode("cp932") != twice
    assert "more than one way" in error_of(twice).message


def test_new_text_that_the_encoding_lacks_is_an_error_at_its_line() -> None:
    source = decode(b"# coding: latin-1\r\nx = 1\r\n")
    with pytest.raises(DecodeError) as caught:
        source.encode("# coding: latin-1\r\nx = '€'\r\n")
    assert caught.value.line == 2
    assert "'€'" in caught.value.message
