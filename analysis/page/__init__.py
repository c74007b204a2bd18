"""The page in the browser (`abm view`): watch the world choose, ask it why, intervene, and see the spread of futures."""

import warnings

# Mesa's own page, which is loaded with its utilities and never shown, breaks a rule of solara's; no user can mend that.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=r"(?s).*solara_viz\.py.*ComponentsView", category=UserWarning)
    import mesa.visualization.utils  # noqa: F401

from analysis.page.app import Page, WorldView
from analysis.page.services import Opened, Services

__all__ = ["Opened", "Page", "Services", "WorldView"]
