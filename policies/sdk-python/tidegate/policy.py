"""From a policy as its author writes it to the functions of the contract."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar

import wit_world
from componentize_py_types import Err
from wit_world.imports.types import Description, Finding, Request, ResourceType, Severity
from wit_world.imports.types import Rule as _Rule

from . import absent, answer, failure, settings
from .traceback import told

S = TypeVar("S")


@dataclass(frozen=True)
class Rule:
    """Something that can be wrong."""

    id: str
    """A stable name, for instance ``MY010``."""
    title: str
    """One line: what is wrong when it fires."""
    severity: Severity
    """How bad it is, unless a finding says less."""


@dataclass
class NoSettings:
    """Settings of a policy that has none."""


class Policy(ABC, Generic[S]):
    """A policy: what it says of itself, and its judgement."""

    name: ClassVar[str]
    """The policy's name, in the form of a DNS label."""
    title: ClassVar[str]
    """One line for people: what it sees to."""
    rules: ClassVar[Sequence[Rule]]
    """What its findings name."""
    settings: type[S]
    """A dataclass with a default and a description for each field: see ``tidegate.settings.schema``.
    ``NoSettings`` if there is nothing to set."""
    kinds: ClassVar[Sequence[str] | None] = None
    """The kinds of objects that it judges: ``Ingress``, or ``Certificate.cert-manager.io`` where the group
    matters, or ``*`` for whatever the policy's document names. Without it, those that run pods."""
    concern: ClassVar[Literal["mysql", "everything"]] = "everything"
    """``mysql``: only what has to do with MySQL; ``everything``: whatever is of its kinds."""
    reads: ClassVar[Sequence[ResourceType]] = ()
    """What it asks the cluster for."""

    def check(self, settings: S) -> str | None:
        """What is wrong with settings that fit their types, for the person who wrote them."""
        return None

    @abstractmethod
    def review(self, request: Request, settings: S) -> list[Finding]:
        """Judges one object.

        It gives the same findings for the same request, and none any more for what its own fixes have
        made of it.
        """


def export(policy: Callable[[], Policy[S]]) -> type[wit_world.WitWorld]:
    """The class that the component of a policy exports, to be called ``WitWorld``."""
    own = policy()
    absent.take_away()

    class WitWorld(wit_world.WitWorld):
        def describe(self) -> Description:
            extra = [("concern", json.dumps(own.concern))]
            if own.kinds is not None:
                extra.append(("kinds", json.dumps(list(own.kinds))))
            return Description(
                own.name,
                own.title,
                [_Rule(rule.id, rule.title, rule.severity) for rule in own.rules],
                json.dumps(settings.schema(own.settings)),
                list(own.reads),
                extra,
            )

        def check_settings(self, text: str) -> None:
            read = _read(own.settings, text)
            try:
                problem = own.check(read)
            except BaseException as error:
                # As in a review.
                raise Err(told(error)) from None
            if problem:
                raise Err(problem)

        def review(self, request: Request, text: str) -> list[Finding]:
            read = _read(own.settings, text)
            try:
                findings = answer.checked(own.review(request, read))
            except BaseException as error:
                # Without this the host would be told of a crash, and of nothing else.
                raise Err(told(error)) from None
            mistake = failure.taken()
            if mistake is not None:
                raise Err(mistake)
            return findings

    return WitWorld


def _read(wanted: type[S], text: str) -> S:
    try:
        return settings.read(wanted, json.loads(text))
    except settings.SettingsError as error:
        raise Err(str(error)) from None
