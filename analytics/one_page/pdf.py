"""A report as a PDF of one page of A4, drawn with fpdf2.

https://py-pdf.github.io/fpdf2/. Its fonts have Latin, Greek and Cyrillic letters; what is written
in others is there as question marks, and whole in HTML.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from analytics.one_page.page import Page, Row, Table, Tile
from analytics.one_page.wording import CUT, WORRIES

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
MARGIN, GAP, WIDTH = 14.0, 6.0, 182.0  # mm, of a page of 210 x 297
LINE = 5.6
TITLE, FIGURE, BODY, SMALL, NOTE = 16, 15, 9, 7.5, 6.5  # pt
ROWS = (BODY, 8.5, 8, 7.5, 7)  # pt, of what is made smaller before it is cut
TEXT, SOFT, RULE = (22, 25, 31), (74, 79, 87), (226, 229, 234)
LEADING = 0.48  # mm of a line of text, for each pt of its size
FIRST = 0.3  # of a table's width, at least, for its first column
SPACE = 3.0  # between two columns
UNKNOWN = "?"


def as_pdf(page: Page) -> bytes:
    """The page as PDF."""
    pdf = _document(page)
    pdf.set_title(_known(pdf, page.title))
    _head(pdf, page)
    _paragraphs(pdf, page.worries, WORRIES)
    if page.tiles:
        _tiles(pdf, page.tiles)
    half = (WIDTH - GAP) / 2
    for pair in (page.tables[:2], page.tables[2:]):
        top = pdf.get_y() + GAP / 2
        ends = [
            _table(pdf, table, MARGIN + number * (half + GAP), top, half)
            for number, table in enumerate(pair)
        ]
        pdf.set_y(max(ends, default=top))
    _paragraphs(pdf, page.recommendations, "What to do next")
    _paragraphs(pdf, page.notes, "What the figures mean", SMALL)
    return bytes(pdf.output())


def _document(page: Page) -> "FPDF":
    """An empty page with the fonts of reports."""
    from fpdf import FPDF  # takes half a second

    pdf = FPDF(format="A4")
    pdf.set_creation_date(page.made_at)
    pdf.set_creator("Looplens")
    pdf.set_lang("en")
    pdf.set_margin(MARGIN)
    pdf.c_margin = 0.0
    pdf.set_auto_page_break(False)
    pdf.add_font(FONT, fname=FONTS / "DejaVuSans.ttf")
    pdf.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    return pdf


def _head(pdf: "FPDF", page: Page) -> None:
    _write(pdf, page.title, WIDTH, 9.0, TITLE, bold=True)
    _write(pdf, page.subtitle, WIDTH, LINE, BODY, SOFT)
    pdf.set_y(pdf.get_y() + GAP / 2)


def _tiles(pdf: "FPDF", tiles: Sequence[Tile]) -> None:
    """The figures side by side."""
    top, width = pdf.get_y(), WIDTH / len(tiles)
    for number, tile in enumerate(tiles):
        pdf.set_left_margin(MARGIN + number * width)
        pdf.set_y(top)
        _write(pdf, tile.label, width - 2, LINE, _largest(pdf, tile.label, width - 2), SOFT)
        _write(pdf, tile.value, width - 2, 8.0, FIGURE, bold=True)
        _write(pdf, tile.note, width - 1, LINE, NOTE, SOFT)
    pdf.set_left_margin(MARGIN)
    pdf.set_y(pdf.get_y())


def _largest(pdf: "FPDF", text: str, room: float) -> float:
    """The largest size in which a text needs no cut, or the smallest."""
    for size in ROWS:
        _font(pdf, size, TEXT)
        if pdf.get_string_width(_known(pdf, text)) <= room:
            return size
    return ROWS[-1]


def _table(pdf: "FPDF", table: Table, left: float, top: float, width: float) -> float:
    """A table at this place; returns where it ends."""
    pdf.set_xy(left, top)
    pdf.set_left_margin(left)
    _write(pdf, table.title, width, LINE + 1, BODY + 1, bold=True)
    pdf.set_draw_color(*RULE)
    size = _size(pdf, table, width)
    columns = _columns(pdf, table, width, size)
    for row, color in ((table.head, SOFT), *((row, TEXT) for row in table.rows)):
        _row(pdf, row, columns, color, size)
    pdf.set_left_margin(MARGIN)
    return pdf.get_y() + GAP / 2


def _size(pdf: "FPDF", table: Table, width: float) -> float:
    """The largest size in which the first column needs no cut, or the smallest."""
    for size in ROWS:
        room = _columns(pdf, table, width, size)[0] - SPACE / 2
        if all(pdf.get_string_width(_known(pdf, row[0])) <= room for row in table.rows):
            return size
    return ROWS[-1]


def _columns(pdf: "FPDF", table: Table, width: float, size: float) -> list[float]:
    """How wide columns are: those of numbers as they need, the first has what they leave."""
    _font(pdf, size, TEXT)
    numbers = list(zip(table.head, *table.rows, strict=True))[1:]
    needed = [max(map(pdf.get_string_width, column)) + SPACE for column in numbers]
    shrunk = min(1.0, (1 - FIRST) * width / sum(needed))
    needed = [each * shrunk for each in needed]
    return [width - sum(needed), *needed]


def _row(
    pdf: "FPDF", row: Row, columns: Sequence[float], color: tuple[int, int, int], size: float
) -> None:
    """A line of a table: the first value to the left, the numbers to the right, and a rule."""
    _font(pdf, size, color)
    for number, (value, width) in enumerate(zip(row, columns, strict=True)):
        room = width - SPACE / 2 if number == 0 else width
        pdf.cell(width, LINE, _fitted(pdf, value, room), align="R" if number else "L")
    y = pdf.get_y() + LINE
    pdf.line(pdf.l_margin, y, pdf.l_margin + sum(columns), y)
    pdf.set_y(y)


def _paragraphs(pdf: "FPDF", texts: Sequence[str], title: str, size: float = BODY) -> None:
    if not texts:
        return
    pdf.set_y(pdf.get_y() + GAP / 2)
    _write(pdf, title, WIDTH, LINE + 1, BODY + 1, bold=True)
    _font(pdf, size, SOFT)
    for text in texts:
        pdf.multi_cell(
            WIDTH, size * LEADING, _known(pdf, text), align="L", new_x="LMARGIN", new_y="NEXT"
        )
        pdf.set_y(pdf.get_y() + 1)


def _write(
    pdf: "FPDF",
    text: str,
    width: float,
    height: float,
    size: float,
    color: tuple[int, int, int] = TEXT,
    *,
    bold: bool = False,
) -> None:
    """A line of text, cut where it is too long."""
    _font(pdf, size, color, "B" if bold else "")
    pdf.cell(width, height, _fitted(pdf, text, width), new_x="LMARGIN", new_y="NEXT")


def _font(pdf: "FPDF", size: float, color: tuple[int, int, int], style: str = "") -> None:
    pdf.set_font(FONT, style, size)
    pdf.set_text_color(*color)


def _fitted(pdf: "FPDF", text: str, width: float) -> str:
    """The text as far as there is room for it."""
    shown = _known(pdf, text)
    if pdf.get_string_width(shown) <= width:
        return shown
    while shown and pdf.get_string_width(shown + CUT) > width:
        shown = shown[:-1]
    return shown + CUT


def _known(pdf: "FPDF", text: str) -> str:
    """The text with a question mark for what the font has no letter for."""
    known = cast("TTFFont", pdf.fonts[FONT.lower()]).cmap
    return "".join(letter if ord(letter) in known else UNKNOWN for letter in text)
