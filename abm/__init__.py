"""The model: the rules of AI sovereignty through coalition, the world they run on, its scenarios and agents."""

from abm import sources as sources  # before any other file, so that what it finds on the disk is what is loaded
