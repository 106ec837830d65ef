"""A link as a QR code, which a class reads off the wall with its phones."""

import re

MOST_CHARACTERS = 192
"""Of an address: what a code of 49 x 49 modules (version 8) holds with the least correction (L).

On a wall, a metre high with its quiet zone, a module is 17 mm wide. From eight metres a camera of 1,920 pixels across
has three pixels for it; a larger version would need a nearer seat.
"""

PAGE = re.compile(r'https?://[!-"$-~]+')
"""The address of a page, without a fragment, as a browser writes it: signs of ASCII alone."""

NO_PAGE = "The page's own address cannot be put into a QR code; copy the link instead."
TOO_LONG = (
    "This link is too long for a QR code that a class can read: it has {length} characters, and a code holds "
    f"{MOST_CHARACTERS}. A link to an example, or to a step of an exercise, is short enough."
)


def qr_rows(page: str | None, fragment: str) -> list[str]:
    """The modules of the code for a link, row by row, "1" for a dark one, without the quiet zone.

    ``page`` is the page's address, as a browser has sent it. Raises ValueError, with a sentence, when there is no code.
    """
    if not page or not PAGE.fullmatch(page):
        raise ValueError(NO_PAGE)
    address = f"{page}#{fragment}"
    if len(address) > MOST_CHARACTERS:
        raise ValueError(TOO_LONG.format(length=len(address)))
    import segno  # only here: who asks for no code does not pay for it

    code = segno.make(address, error="l", micro=False)
    return ["".join(map(str, row)) for row in code.matrix]
