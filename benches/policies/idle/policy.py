"""A policy that does nothing, in Python and without an SDK."""

import wit_world
from wit_world.imports.types import Description


class WitWorld(wit_world.WitWorld):
    def describe(self):
        return Description("idle", "Does nothing", [], "{}", [], [])

    def check_settings(self, settings):
        return None

    def review(self, request, settings):
        return []
