"""Nations one by one: how likely each holds each option, and how well that foretells a list of facts about them."""

from analysis.nations.propensity import propensity
from analysis.nations.scored import score

__all__ = ["propensity", "score"]
