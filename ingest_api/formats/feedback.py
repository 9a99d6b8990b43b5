"""The formats of feedback: of an interaction, and of a run of a package."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
)

from db.feedback import LONGEST_COMMENT, Said
from db.identity import interaction_key
from db.masking import cleaned
from db.runs import Ran
from ingest_api.event import Circumstances, Event, Reject
from ingest_api.formats.events import Purpose
from ingest_api.formats.fields import Country, Id, Label, Moment, Properties, Subject, rejection
from ingest_api.scrubbing import ids_to_find, scrubbed_text
from ingest_api.steps import as_event_id, bits

NOTHING_SAID = "rating: it is needed, or whether it was helpful, or a comment"
ABOUT = ("subject", "platform", "app_version", "country", "channel", "plan")

OF_SURVEYS = "survey-"  # begins the interactions that answers to surveys are kept under


def _not_of_a_survey(interaction: str) -> str:
    if interaction.startswith(OF_SURVEYS):
        raise ValueError(f"ids that begin with {OF_SURVEYS} are those of answers to surveys")
    return interaction


Interaction = Annotated[Id, AfterValidator(_not_of_a_survey)]
Rating = Annotated[StrictInt, Field(ge=1, le=5)]
Comment = Annotated[str, Field(max_length=LONGEST_COMMENT)]
Person = Field(
    None,
    validation_alias=AliasChoices("user_id", "userId", "distinct_id", "anonymous_id"),
    description="Who says it; only a keyed hash is stored.",
)
Session = Field(
    None,
    validation_alias=AliasChoices("session_id", "sessionId"),
    description="Their visit; needed where there is no user_id.",
)
Grants = Field(None, description="The purposes that this person has granted.")


class FeedbackIn(BaseModel):
    """What a person says of an interaction: a rating, whether it was helpful, a comment."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id | None = Person
    session_id: Id | None = Session
    interaction_id: Interaction = Field(
        "", description="What it is about: what a person says of it again replaces what they said."
    )
    rating: Rating | None = None
    helpful: StrictBool | None = None
    comment: Comment | None = None
    context: Properties | None = Field(None, description="Up to 8 KiB of JSON.")
    subject: Subject = Field("", description="The feature that it is about.")
    package: Label = ""
    platform: Label = ""
    app_version: Label = ""
    country: Country = ""
    channel: Label = ""
    plan: Label = ""
    timestamp: Moment | None = Field(None, description="When it was said; now if left out.")
    consent: list[Purpose] | None = Grants
    do_not_track: StrictBool = False


class RunFeedbackIn(BaseModel):
    """What a person says of a run of a package."""

    model_config = ConfigDict(extra="forbid")

    user_id: Id | None = Person
    session_id: Id | None = Session
    usage_id: Annotated[Interaction, Field(min_length=1)] = Field(
        validation_alias=AliasChoices("usageId", "usage_id")
    )
    rating: Rating | None = None
    was_helpful: StrictBool | None = Field(
        None, validation_alias=AliasChoices("wasHelpful", "was_helpful")
    )
    feedback: Comment | None = None
    package: Label = ""
    consent: list[Purpose] | None = Grants
    do_not_track: StrictBool = False


@dataclass(slots=True)
class Remark:
    """Feedback with the event that stands for it in the steps, which own that event.

    `run_id` is of the run that it is about, where it is about one.
    """

    sent: FeedbackIn
    event: Event
    run_id: UUID | None = None

    @property
    def grants(self) -> int | None:
        """The purposes that came along, as bits."""
        return None if self.sent.consent is None else bits(self.sent.consent)


Parse = Callable[[Any], Remark | Reject]


def parse(item: Any) -> Remark | Reject:
    """The feedback of `/api/v1/feedback`, or what is wrong with it."""
    try:
        return _remark(FeedbackIn.model_validate(item))
    except ValidationError as error:
        return rejection(error)


def parse_of_a_run(item: Any) -> Remark | Reject:
    """The feedback of `/api/v1/analytics/feedback`, or what is wrong with it."""
    try:
        sent = RunFeedbackIn.model_validate(item)
    except ValidationError as error:
        return rejection(error)
    same = sent.model_dump(exclude={"usage_id", "was_helpful", "feedback"})
    remark = _remark(
        FeedbackIn(
            interaction_id=sent.usage_id,
            helpful=sent.was_helpful,
            comment=sent.feedback,
            **same,
        )
    )
    if isinstance(remark, Remark):
        remark.run_id = as_event_id(sent.usage_id)[0]
    return remark


def by(remark: Remark, actor_key: int) -> Remark:
    """The same, said by somebody who is known by other means than an id that came along."""
    sent = remark.sent.model_copy(update={"user_id": None, "session_id": None})
    event = replace(remark.event, distinct_id="", session_id="", actor_key=actor_key)
    return Remark(sent, event, remark.run_id)


def _remark(sent: FeedbackIn) -> Remark | Reject:
    comment = cleaned(sent.comment or "")
    if sent.rating is None and sent.helpful is None and not comment:
        return Reject("invalid", NOTHING_SAID)
    event = Event(
        name="feedback",
        purpose="feedback",
        occurred_at=sent.timestamp,
        distinct_id=sent.user_id or "",
        session_id=sent.session_id or "",
        properties=dict(sent.context or ()),
        **{name: getattr(sent, name) for name in ABOUT},
    )
    return Remark(sent, event)


def said(remark: Remark, kept: Event, seen: Circumstances, ran: Ran | None = None) -> Said:
    """What is recorded of it, given what the steps have left of its event, and the run.

    A clock that is ahead may not make it later than what is said after it.
    """
    sent, sender = remark.sent, seen.sender
    who = sent.user_id or sent.session_id or ""
    ids = ids_to_find(sent.user_id or "", sent.session_id or "")
    interaction = str(ran.run_id) if ran else scrubbed_text(sent.interaction_id, ids)
    if sender.consent == "anonymous" and interaction:
        interaction = interaction_key(sender.secret, who, interaction) if who or ran else ""
    about = {name: getattr(kept, name) for name in ABOUT}
    about["package"] = scrubbed_text(sent.package, ids)
    return Said(
        said_at=min(kept.occurred_at or seen.received_at, seen.received_at),
        kind="text" if sent.rating is None and sent.helpful is None else "rating",
        interaction=interaction,
        score=sent.rating,
        helpful=sent.helpful,
        comment=sent.comment,
        context=kept.properties,
        ids=ids,
        **(about | _of_run(ran)),
    )


def _of_run(ran: Ran | None) -> dict[str, Any]:
    """What the run tells, in place of what was said of it."""
    if ran is None:
        return {}
    names = ("package", "package_id", "model", "organisation_id")
    return {name: getattr(ran, name) for name in names} | {"app_version": ran.version}
