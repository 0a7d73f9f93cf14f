"""Write admission policies for tidegate in Python.

A policy is a pure function from a request to findings, and a finding may carry its fix::

    from tidegate import NoSettings, Policy, Rule, Severity, edit, export, finding, raw

    HASTY = Rule("SHOP001", "a rollout does not wait for a server to be warm", Severity.MEDIUM)

    class MinReadySeconds(Policy[NoSettings]):
        name = "min-ready-seconds"
        title = "A rollout waits until each server has been ready for a while"
        kinds = ["StatefulSet"]
        rules = [HASTY]
        settings = NoSettings

        def review(self, request, settings):
            seconds = raw.at("/spec/minReadySeconds") or 0
            if seconds >= 10:
                return []
            return [
                finding(
                    HASTY,
                    "/spec",
                    "a rollout replaces the next server as soon as one is ready",
                    help="Set minReadySeconds to 10 or more",
                    fix=[edit.set("/spec/minReadySeconds", 10)],
                )
            ]

    WitWorld = export(MinReadySeconds)

Three things to know:

* Unknown is an answer: ``UNKNOWN`` is what nobody can say, ``None`` is what is certainly not there.
* Credentials are withheld: a policy sees that a variable holds one, never which.
* Everything is fresh: each review runs in an instance of its own, nothing is remembered.
"""

from wit_world.imports.types import Finding, Request, ResourceType, Severity

from . import cluster, edit, quantity, raw
from .cluster import UNKNOWN, Unknown
from .finding import finding
from .pointer import join
from .policy import NoSettings, Policy, Rule, export
from .workload import (
    append_options,
    at_least,
    backups,
    claim,
    option,
    plain,
    servers,
    switched_on,
    variable,
    volume,
)

__all__ = [
    "UNKNOWN",
    "Finding",
    "NoSettings",
    "Policy",
    "Request",
    "ResourceType",
    "Rule",
    "Severity",
    "Unknown",
    "append_options",
    "at_least",
    "backups",
    "claim",
    "cluster",
    "edit",
    "export",
    "finding",
    "join",
    "option",
    "plain",
    "quantity",
    "raw",
    "servers",
    "switched_on",
    "variable",
    "volume",
]
