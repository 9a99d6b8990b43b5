"""The overview as a message: what stands in it, and the page itself as a file."""

from analytics import one_page
from analytics.business.overview.asking import Overview
from analytics.business.overview.text import page_of
from analytics.feedback.digest import as_html, plain
from analytics.one_page import WORRIES, Page, Table
from db.outbox import Attachment, Letter


def letter_of(overview: Overview) -> Letter:
    """The message, with the page as PDF for the services that take files."""
    page = page_of(overview)
    markdown = markdown_of(page)
    name = f"summary-{overview.filters.end.isoformat()}.pdf"
    attachment = Attachment(name, one_page.as_pdf(page))
    return Letter(page.title, markdown, as_html(markdown), attachment)


def markdown_of(page: Page) -> str:
    """The page as Markdown; whatever people named things is text in it."""
    parts = [plain(page.subtitle)]
    if page.worries:
        parts.append(_listed(WORRIES, page.worries))
    told = [f"{tile.label}: {tile.value} ({tile.note})" for tile in page.tiles]
    parts.append(_listed("Figures", told))
    parts += [_listed(table.title, _lines(table)) for table in page.tables]
    return "\n\n".join(parts) + "\n"


def _listed(title: str, lines: "list[str] | tuple[str, ...]") -> str:
    return "\n".join([f"### {plain(title)}", "", *(f"- {plain(line)}" for line in lines)])


def _lines(table: Table) -> list[str]:
    """Each row in a line, its values named by their column."""
    named = table.head[1:]
    if len(named) == 1:
        return [f"{row[0]}: {row[1]}" for row in table.rows]
    return [
        f"{row[0]}: "
        + ", ".join(f"{name} {value}" for name, value in zip(named, row[1:], strict=True))
        for row in table.rows
    ]
