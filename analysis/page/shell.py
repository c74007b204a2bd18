"""The page around the page: what stands before the model answers, in Solara's own HTML with a few words changed.

Solara's template has no language, forbids zoom, and shows "Loading app" under its own name.
"""

from __future__ import annotations

from pathlib import Path

import jinja2

from abm.scenario import Scenario
from analysis.page.futures import futures
from analysis.page.headline import stands
from analysis.page.services import Services
from analysis.page.session import Session

_TEMPLATES = Path(__file__).parent / "templates"
#: What is replaced in Solara's template, each found there exactly once.
_CHANGES = {
    "<html>": '<html lang="en">',
    "width=device-width, initial-scale=1, maximum-scale=1, user-scalable=no, minimal-ui": "width=device-width, initial-scale=1",
    "<v-progress-linear :style": '<v-progress-linear aria-hidden="true" :style',
    "{{ pre_rendered_html|safe }}": '{% include "first.html" %}',
}


class _Changed(jinja2.FileSystemLoader):
    """Solara's templates, changed as above."""

    def get_source(self, environment, template):
        """The text of a template. Errors: RuntimeError where Solara's is not the one that the changes were written for."""
        text, name, fresh = super().get_source(environment, template)
        if template == "solara.html.j2":
            for found, instead in _CHANGES.items():
                if text.count(found) != 1:
                    raise RuntimeError(f"solara's template holds {found!r} {text.count(found)} times, not once")
                text = text.replace(found, instead)
        return text, name, fresh


def headline(services: Services, scenario: Scenario) -> str:
    """What the futures of a scenario hold, as the page says it; empty where nobody knows within a second."""
    session = Session(services, scenario)
    fans = list(futures(session.model.world, session.steps, services))
    return stands(fans[-1]) if fans else ""


def dress(headline: str) -> None:
    """Let every page begin with our own first view, ``headline`` in it."""
    from solara.server import server, settings

    settings.theme.title = "AI sovereignty through coalition"
    settings.theme.loader = "abm"
    loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(_TEMPLATES), _Changed(server.directory / "templates")])
    environment = jinja2.Environment(loader=loader, autoescape=True)
    environment.globals["headline"] = headline
    server.get_jinja_env = lambda app_name: environment  # type: ignore[assignment]
