"""Building findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wit_world.imports.types import Edit, Finding, Severity

from . import answer

if TYPE_CHECKING:
    from .policy import Rule


def finding(
    rule: Rule,
    at: str,
    message: str,
    *,
    help: str | None = None,
    severity: Severity | None = None,
    fix: Iterable[Edit] = (),
) -> Finding:
    """What is wrong at a place of the object.

    The message is a sentence without a full stop, in the author's words. It names no secret.

    :param rule: one of the policy's rules
    :param at: where it is, a JSON Pointer into the object
    :param help: what the author must do, and what happens otherwise
    :param severity: how bad it is here, if that is less than the rule says
    :param fix: the repair; without it a person must decide
    """
    if not isinstance(getattr(rule, "id", None), str):
        raise TypeError(f"the rule of a finding is {answer.kind(rule)}; give one of the policy's rules, a Rule")
    found = Finding(rule.id, severity or rule.severity, at, message, help, list(fix))
    answer.check(found)
    return found
