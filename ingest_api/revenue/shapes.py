"""What may be told of revenue, field by field. Nothing else may: names, addresses and cards have no
place here, and a member that is not known is a mistake."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from db.revenue import MOST_CENTS, monthly
from ingest_api.formats.fields import Country, Id, Label, Moment

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # nothing is older
AHEAD = timedelta(minutes=5)  # that a clock may be fast
CODE = r"^[A-Za-z0-9_.:-]*$"  # as payment providers name reasons: no room for a sentence


def _no_truth(value: Any) -> Any:
    """Python takes true for 1."""
    if isinstance(value, bool):
        raise ValueError("Input should be a valid integer")
    return value


def _in_time(moment: datetime) -> datetime:
    if moment < FIRST:
        raise ValueError("Input should be of the year 2000 or later")
    if moment > datetime.now(UTC) + AHEAD:
        raise ValueError("Input should not be in the future; tell it once it has happened")
    return moment


def _not_ahead(day: date) -> date:
    if not FIRST.date() <= day <= (datetime.now(UTC) + timedelta(days=1)).date():
        raise ValueError("Input should be a day from the year 2000 to today")
    return day


def _upper(text: str) -> str:
    return text.upper()


Given = Annotated[Id, Field(min_length=1)]
Happened = Annotated[Moment, AfterValidator(_in_time)]
Day = Annotated[date, AfterValidator(_not_ahead)]
Currency = Annotated[str, Field(pattern=r"^[A-Za-z]{3}$"), AfterValidator(_upper)]
Cents = Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=MOST_CENTS)]
Paid = Annotated[int, BeforeValidator(_no_truth), Field(gt=0, le=MOST_CENTS)]
Times = Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=366)]
Reason = Annotated[str, Field(max_length=100, pattern=CODE)]


class Told(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(extra="forbid")


class CustomerIn(Told):
    """Who pays. What is left out stays as it was told before."""

    customer_id: Given = Field(description="Only a keyed hash is stored.")
    user_id: Given | None = Field(
        None, description="Who it is among those who send events; only a keyed hash is stored."
    )
    country: Country = ""
    channel: Label = Field("", description="Which channel won them, as `spend` names it.")
    signed_up_at: Happened | None = None


class SubscriptionIn(Told):
    """What a subscription is from an instant on."""

    id: Given | None = Field(
        None, description="Makes a repetition harmless; without it, all that it says tells one."
    )
    customer_id: Given
    subscription_id: Given
    status: Literal["trialing", "active", "past_due", "paused", "unpaid", "canceled"]
    plan: Label = ""
    currency: Currency
    amount: Cents = Field(
        description="The price of each interval, without tax and discounts, in the smallest unit."
    )
    interval: Literal["day", "week", "month", "year"] = "month"
    interval_count: Times = 1
    occurred_at: Happened | None = None

    @model_validator(mode="after")
    def _is_told_apart_and_costs_no_fortune(self) -> Self:
        if self.id is None and self.occurred_at is None:
            raise ValueError("an id or occurred_at is needed, which tells a repetition")
        if monthly(self.amount, self.interval, self.interval_count) > MOST_CENTS:
            raise ValueError(f"a price a month is at most {MOST_CENTS}")
        return self


class PaymentIn(Told):
    """A try to pay, whether it worked or not."""

    id: Given = Field(description="Makes a repetition harmless.")
    customer_id: Given
    invoice_id: Given | None = Field(
        None, description="What was to be paid: tries for the same one belong together."
    )
    status: Literal["succeeded", "failed"] = "succeeded"
    currency: Currency
    amount: Paid = Field(description="In the smallest unit of the currency.")
    reason: Reason = Field("", description="The code of why it failed, such as card_declined.")
    occurred_at: Happened | None = None


class RefundIn(Told):
    """Money that went back."""

    id: Given = Field(description="Makes a repetition harmless.")
    customer_id: Given
    invoice_id: Given | None = None
    currency: Currency
    amount: Paid = Field(description="In the smallest unit of the currency.")
    reason: Reason = ""
    occurred_at: Happened | None = None


class SpendIn(Told):
    """What a day's sales and marketing cost in a channel, in place of what was told before."""

    day: Day
    channel: Label = ""
    currency: Currency
    amount: Cents = Field(description="In the smallest unit of the currency.")
