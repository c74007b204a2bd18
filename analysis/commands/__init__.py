"""Commands of ``abm`` that need analysis, one file each; the command line finds them as entry points."""
