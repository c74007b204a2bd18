"""Nations one by one: how likely each option is the best of each, and how well that foretells a list of facts about them."""

from analysis.nations.propensity import Propensity, of_runs, propensity
from analysis.nations.scored import missed, score

__all__ = ["Propensity", "missed", "of_runs", "propensity", "score"]
