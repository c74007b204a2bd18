"""The page in the browser (`abm view`): watch the world choose, ask it why, intervene, and see the spread of futures."""

import warnings

# Mesa's own page, which is loaded with its utilities and never shown, breaks a rule of solara's; no user can mend that.
warnings.filterwarnings("ignore", message=r"(?s).*solara_viz\.py.*ComponentsView", category=UserWarning)

from abm.page.page import Page, WorldView  # noqa: E402
from abm.page.services import Opened, Services  # noqa: E402

__all__ = ["Opened", "Page", "Services", "WorldView"]
