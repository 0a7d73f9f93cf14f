"""What a policy's judgement gives back, looked through before the host reads it.

What has another shape would be a crash there, without a word of where it came from.
"""

from typing import Any

from wit_world.imports.types import Edit_Append, Edit_MoveToSecret, Edit_Remove, Edit_Set, Finding, SecretMove, Severity


def checked(findings: Any) -> list[Finding]:
    """The findings, if that is what they are.

    >>> checked(None)
    Traceback (most recent call last):
    TypeError: review gave None; give a list of findings, [] if there are none
    """
    if not isinstance(findings, list):
        raise TypeError(f"review gave {kind(findings)}; give a list of findings, [] if there are none")
    for found in findings:
        if not isinstance(found, Finding):
            raise TypeError(f"review gave {kind(found)} among its findings; make each with finding(...)")
        check(found)
    return findings


def check(found: Finding) -> None:
    """Raises for a finding with a part that no finding has."""
    for part in ("rule", "at", "message"):
        _text(found, part)
    if found.help is not None:
        _text(found, "help")
    if not isinstance(found.severity, Severity):
        raise TypeError(f"the severity of a finding is {kind(found.severity)}; give for instance Severity.LOW")
    if not isinstance(found.fix, list) or not all(map(_is_edit, found.fix)):
        raise TypeError(f"the fix of {found.rule} is no list of edits; make each with edit.set, edit.remove or edit.append")


def kind(value: Any) -> str:
    """What something is, in words that do not show what it holds.

    >>> kind(None), kind("secret"), kind(3)
    ('None', 'a str', 'a int')
    """
    return "None" if value is None else f"a {type(value).__name__}"


def _text(found: Finding, part: str) -> None:
    value = getattr(found, part)
    if not isinstance(value, str):
        raise TypeError(f"the {part} of a finding is {kind(value)}; give a text")


def _is_edit(step: Any) -> bool:
    match step:
        case Edit_Set((str(), str())) | Edit_Append((str(), str())) | Edit_Remove(str()):
            return True
        case Edit_MoveToSecret(SecretMove(str())):
            return True
        case _:
            return False
