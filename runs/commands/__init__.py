"""One file per command of ``abm``: its arguments, and what it does. Each returns its exit status."""
