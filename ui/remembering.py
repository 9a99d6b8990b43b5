"""What is made of answers, such as a chart's rows, is made once for as long as they are the same.

Answers are shared by all runs and changed by none, so that one is the same when it is the same
object. A page that is opened again within the time of its answers is drawn without reckoning anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

MOST = 256  # results of a function; the arguments of each are kept with it

P = ParamSpec("P")
R = TypeVar("R")

_forgetting: list[Callable[[], None]] = []


def remembered(make: Callable[P, R]) -> Callable[P, R]:
    """A function that gives what it gave when it is called with the very same arguments again.

    It must depend on nothing else and nobody may change its result. Frames, and whatever else
    can't be hashed, are the same as themselves alone; all else is the same as its equals, but for
    numbers of another type that aren't within an object.
    """

    @lru_cache(maxsize=MOST)
    def kept(call: _Call) -> R:
        return make(*call.args, **call.kwargs)

    _forgetting.append(kept.cache_clear)

    @wraps(make)
    def known(*args: P.args, **kwargs: P.kwargs) -> R:
        key = _same(args), _same(tuple(sorted(kwargs.items())))
        return kept(_Call(key, args, kwargs))

    return known


def forget_all() -> None:
    """Keep nothing that was remembered: it would hold answers that the caches have dropped."""
    for forget in _forgetting:
        forget()


@dataclass(frozen=True, slots=True)
class _Call:
    """A call by what tells it apart; it holds its arguments, so that no other gets their place."""

    key: tuple[Any, ...]
    args: tuple[Any, ...] = field(compare=False)
    kwargs: dict[str, Any] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Itself:
    place: int


def _same(value: Any) -> Any:
    """What equals that of another value where the two are the same."""
    if isinstance(value, list | tuple):
        return type(value), tuple(map(_same, value))
    if isinstance(value, dict):
        return dict, tuple((key, _same(held)) for key, held in value.items())
    try:
        hash(value)
    except TypeError:
        return _Itself(id(value))
    return type(value), value  # or else 1, 1.0 and True were the same
