"""Our own pages ask whether they were helpful, and keep what is said."""

from sqlalchemy import select

from db.tables import page_ratings, people
from tests.thorough import thorough


@thorough
def test_a_thumb_and_a_few_words_are_kept(visit, product):
    visitor = visit("operations").open("/trends")
    visitor.page.get_by_text("Was this page helpful?").scroll_into_view_if_needed()
    visitor.page.locator(".st-key-helpful button").nth(1).click()
    words = visitor.settle().page.get_by_placeholder("What should be better?")
    words.fill("Show me the weekend")
    words.press("Enter")
    visitor.settle()
    assert said(product) == [("trends", False, "Show me the weekend")]


def said(product):
    return product.stored(
        select(page_ratings.c.page, page_ratings.c.helpful, page_ratings.c.comment)
        .join(people, people.c.id == page_ratings.c.person_id)
        .where(people.c.role == "operations")
    )
