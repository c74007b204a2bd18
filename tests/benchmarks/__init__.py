"""How fast, how large, how close to the limit. ``make bench`` runs every module here that has ``measure(full)``.

``measure`` returns a list of :class:`tests.benchmarks.table.Table`; ``python -m tests.benchmarks scaling`` runs one module,
``--full`` the long versions. The tables go to ``RESULTS.md``, under the machine and versions they were measured on.
"""
