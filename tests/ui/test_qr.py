"""A link as a QR code; the page's address comes from a browser."""

import pytest
import segno

from lenet.ui.qr import MOST_CHARACTERS, qr_rows

PAGE = "https://someone-lenet-lab.hf.space/"


def test_the_code_holds_the_page_s_address_and_the_link():
    rows = qr_rows(PAGE, "eNqrVkrOSE3OLkgtUbJSSk1JTVEqBgBcZwag")
    code = segno.make(f"{PAGE}#eNqrVkrOSE3OLkgtUbJSSk1JTVEqBgBcZwag", error="l", micro=False)
    assert rows == ["".join(map(str, row)) for row in code.matrix]
    assert {len(row) for row in rows} == {len(rows)} == {17 + 4 * code.version}
    assert set("".join(rows)) == {"0", "1"}


def test_the_longest_link_has_a_code_of_version_8():
    link = "x" * (MOST_CHARACTERS - len(PAGE) - 1)
    assert len(qr_rows(PAGE, link)) == 49
    with pytest.raises(ValueError, match=r"193 characters, and a code holds 192\. A link to an example"):
        qr_rows(PAGE, link + "x")


@pytest.mark.parametrize(
    "page",
    [
        None,
        "",
        "ftp://x/",
        "javascript:alert(1)",
        "https://",
        "https://x/ y",
        "https://x/#y",
        "https://é/",
        "http://x\n",
    ],
)
def test_what_is_no_address_has_no_code(page):
    with pytest.raises(ValueError, match="copy the link instead"):
        qr_rows(page, "x")


def test_an_endless_address_is_too_long():
    with pytest.raises(ValueError, match="too long"):
        qr_rows("https://" + "x" * 1_000_000, "x")
