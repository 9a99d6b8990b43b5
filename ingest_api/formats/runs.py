"""The format of /api/v1/analytics/runs: runs of packages.

What went into a run and came out of it has no place here: only how long both were. Members that are
not known are mistakes, so that nobody's input is kept by accident.
"""

from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, ValidationError, model_validator

from db.masking import mask
from ingest_api.catalogue import Package
from ingest_api.event import Event, Reject, Run
from ingest_api.formats.fields import Id, Label, Milliseconds, rejection
from ingest_api.formats.packages import PackageUse, event_of
from ingest_api.scrubbing import ids_to_find

RUN = "package_run"
UNNAMED_ERROR = "error"  # the type of an error that came without one
READ_OF_A_MESSAGE, KEPT_OF_A_MESSAGE = 400, 200  # characters; it is masked before it is cut
# Of the largest, 2**32 fit into a sum: nobody can send so much that adding it up fails.
Count = Annotated[int, Field(ge=0, lt=2**31)]


class RunIn(PackageUse):
    """One execution of a package."""

    run_id: Id | None = Field(
        None,
        validation_alias=AliasChoices("run_id", "id", "usageId", "usage_id", "event_id"),
        description="An id that makes a repetition harmless; feedback names it as usageId.",
    )
    model: Label = ""
    tokens: Count | None = Field(None, validation_alias=AliasChoices("tokens", "tokens_used"))
    duration_ms: Milliseconds | None = None
    credits: Count | None = Field(None, validation_alias=AliasChoices("credits", "credits_spent"))
    request_size_bytes: Count | None = None
    response_size_bytes: Count | None = None
    input_length: Count | None = None
    output_length: Count | None = None
    success: bool | None = Field(None, validation_alias=AliasChoices("success", "ok"))
    error_occurred: bool | None = Field(None, description="The opposite of success.")
    error_type: Label = ""
    error_message: str | None = Field(
        None, description=f"Masked; its first {KEPT_OF_A_MESSAGE} characters are kept."
    )
    comparison: bool = Field(
        default=False, validation_alias=AliasChoices("comparison", "comparison_mode")
    )

    @model_validator(mode="after")
    def _tells_one_story(self) -> Self:
        if self.success and (self.error_occurred or self.error_type or self.error_message):
            raise ValueError("a run with an error did not succeed")
        if self.success is False and self.error_occurred is False:
            raise ValueError("a run without an error succeeded")
        return self

    @model_validator(mode="after")
    def _keeps_little_of_a_message(self) -> Self:
        if self.error_message:
            ids = ids_to_find(self.user_id or "", self.session_id or "")
            masked = mask(self.error_message[:READ_OF_A_MESSAGE], ids)
            self.error_message = masked.text[:KEPT_OF_A_MESSAGE]
        return self

    @property
    def ok(self) -> bool:
        """Whether it ended without an error: as said, else whether none is told."""
        if self.success is not None:
            return self.success
        if self.error_occurred is not None:
            return not self.error_occurred
        return not (self.error_type or self.error_message)


validate = RunIn.__pydantic_validator__.validate_python


def read(item: Any) -> RunIn | Reject:
    """One item as it was sent, or what is wrong with it."""
    try:
        sent: RunIn = validate(item)
    except ValidationError as error:
        return rejection(error)
    return sent


def parse(sent: RunIn, package: Package) -> Event:
    """The canonical event of a run of this package."""
    event = event_of(sent, package, RUN, sent.run_id)
    event.ok, event.duration_ms, event.value = sent.ok, sent.duration_ms, sent.credits
    event.error_type = "" if sent.ok else sent.error_type or UNNAMED_ERROR
    event.properties = {"error_message": sent.error_message} if sent.error_message else {}
    event.run = Run(
        package.id,
        organisation=sent.organization or "",
        model=sent.model,
        tokens=sent.tokens,
        credits=sent.credits or 0,
        request_bytes=sent.request_size_bytes,
        response_bytes=sent.response_size_bytes,
        input_length=sent.input_length,
        output_length=sent.output_length,
        comparison=sent.comparison,
    )
    return event
