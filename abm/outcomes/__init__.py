"""The compiled functions behind the outcome measures; :mod:`abm.measures` declares what they mean."""
