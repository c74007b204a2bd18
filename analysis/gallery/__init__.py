"""The gallery: every scenario of the package beside the baseline, with a figure and what happens and why from its own runs.

``python -m analysis.gallery`` writes ``docs/gallery.md`` and its figures anew.
"""
