"""A rollout waits until each server has been ready for a while."""

from dataclasses import dataclass
from typing import Annotated

from tidegate import Finding, Policy, Request, Rule, Severity, edit, export, finding, raw, servers

# The id is stable: exceptions and reports name it.
HASTY = Rule("{{rule}}", "a rollout does not wait for a server to be warm", Severity.MEDIUM)


@dataclass
class Patience:
    """How long a server has to be ready before the next one is replaced."""

    least_seconds: Annotated[int, "The fewest seconds.", {"minimum": 0, "maximum": 600}] = 10


class MinReadySeconds(Policy[Patience]):
    name = "{{name}}"
    title = "A rollout waits until each server has been ready for a while"
    kinds = ["StatefulSet"]
    # Nothing but MySQL waits for it.
    concern = "mysql"
    rules = [HASTY]
    settings = Patience

    def review(self, request: Request, settings: Patience) -> list[Finding]:
        # What the typed workload lacks is pulled from the object.
        seconds = raw.at("/spec/minReadySeconds") or 0
        least = settings.least_seconds
        if not any(servers(request.workload)) or seconds >= least:
            return []
        return [
            finding(
                HASTY,
                "/spec",
                f"a rollout replaces the next server {seconds} seconds after one is ready",
                help=f"Set minReadySeconds to {least} or more",
                fix=[edit.set("/spec/minReadySeconds", least)],
            )
        ]


WitWorld = export(MinReadySeconds)
