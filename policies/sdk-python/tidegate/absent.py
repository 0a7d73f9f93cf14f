"""What a policy does not have: a clock, and somewhere to write.

Python would crash on them without a word; here the author is told, with the line.
"""

import builtins
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

_SILENT = "a policy can write nowhere; put what you want to see into a finding's message while you try"
_TIMELESS = "a policy has no clock: the same request gets the same answer at any time"


class _Nowhere:
    """In place of the standard streams."""

    def write(self, text: str) -> NoReturn:
        raise RuntimeError(_SILENT)

    def flush(self) -> None:
        """Nothing waits."""


def _absent(name: str, why: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{name}: {why}")

    return refuse


def take_away() -> None:
    """Puts functions that say so in the place of what is not there."""
    for name in ("print", "input"):
        setattr(builtins, name, _absent(name, _SILENT))
    for name in ("time", "time_ns", "monotonic", "perf_counter", "sleep"):
        setattr(time, name, _absent(f"time.{name}", _TIMELESS))
    sys.stdout = sys.stderr = _Nowhere()
