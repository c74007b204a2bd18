"""Coalition theory on the model's own payoff: who would stay, who would join, what a set is worth.

:mod:`analysis.stability.game` says what a game is; :mod:`analysis.stability.model_game` reads one off a world.
"""
