"""The page in the browser (`abm view`): watch the world choose, ask it why, intervene, and see the spread of futures."""

from abm.page.page import Page, WorldView
from abm.page.services import Opened, Services

__all__ = ["Opened", "Page", "Services", "WorldView"]
