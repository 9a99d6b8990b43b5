"""What may be told of a ticket: not its words, for which any member is a mistake."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ingest_api.formats.fields import Id, Label
from ingest_api.revenue.shapes import Given, Happened


def _no_truth(value: Any) -> Any:
    """Python takes true for 1."""
    if isinstance(value, bool):
        raise ValueError("Input should be a valid integer")
    return value


Stars = Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=5)]


class TicketIn(BaseModel):
    """A ticket; what is left out stays as it was told before, and null takes it back."""

    model_config = ConfigDict(extra="forbid")

    id: Given = Field(description="Only a keyed hash is stored.")
    opened_at: Happened
    first_response_at: Happened | None = None
    resolved_at: Happened | None = Field(None, description="null: it is open, or open again.")
    topic: Label = ""
    channel: Label = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    csat: Stars | None = Field(None, description="How content the person was, from 1 to 5.")
    user_id: Id | None = Field(
        None, description="Who asked, among those who send events; only a keyed hash is stored."
    )
    updated_at: Happened | None = Field(
        None, description="What is older than what was told before changes nothing."
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        for name in ("first_response_at", "resolved_at"):
            moment = getattr(self, name)
            if moment is not None and moment < self.opened_at:
                raise ValueError(f"{name} lies before opened_at")
        return self
