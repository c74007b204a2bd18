"""A scenario as one page to send: sliders that answer at once from ensembles run beforehand, on a grid of a few levers.

:mod:`levers` says what the sliders are, :mod:`layout` what is kept of an ensemble, :mod:`grid` runs and interpolates,
:mod:`check` measures what interpolation costs, :mod:`sentences` puts it into words and :mod:`page` into one HTML file.
``share.js`` interpolates and words alike; tests hold the two together.
"""
