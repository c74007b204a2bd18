"""The report of a result or sweep: figures, the network for Gephi, and one page that explains both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from abm import network
from analysis.figures import FIGURES, SWEEP_FIGURES, figure
from analysis.reading import ensembles
from analysis.reading.sweep import Sweep, sweep
from analysis.reports import findings, varied
from analysis.reports.document import Picture, page
from analysis.reports.findings import Finding
from runs.folders import PICTURES, Folder
from runs.results import Result

__all__ = ["headline", "write"]


def headline(result: Result, outcomes: Sequence[str] = ()) -> list[Finding]:
    """What a result says, or how the outcomes of a sweep differ between its points; empty when no run finished."""
    if len(result.plan.points) == 1:
        return findings.headline(result)
    return varied.findings(sweep(result, outcomes)) if ensembles.finished(result) else []


def write(
    result: Result,
    figures: str = "all",
    progress: Callable[[int], object] | None = None,
    outcomes: Sequence[str] = (),
) -> Path:
    """Write ``figures/``, ``network.gexf`` and ``report.html`` into the result's directory; returns the page's path.

    ``figures`` is ``all`` or ``none``. ``progress`` is called with 1 whenever a figure or file is done. What needs a table
    that was not recorded is left out, and the page says so. Of a sweep the figures are those that its design allows, of
    the measures in ``outcomes`` (empty: the usual ones). Errors: ValueError for an unknown measure.
    """
    done = progress or (lambda amount: None)
    if len(result.plan.points) > 1:
        return _write_sweep(sweep(result, outcomes), figures, done)
    runs = ensembles.finished(result)
    pictures = []
    for name in FIGURES if figures == "all" and runs else ():
        pictures.append(_picture(result, name))
        done(1)
    if runs and {"choices", "ties"} <= set(result.plan.tables):
        write_network(result, result.directory / "network.gexf")
        done(1)
    path = result.directory / "report.html"
    path.write_text(page(result, headline(result), pictures), encoding="utf-8")
    done(1)
    return path


def _write_sweep(found: Sweep, figures: str, done: Callable[[int], object]) -> Path:
    """The page of a sweep, with the figures that its design allows."""
    result, pictures = found.result, []
    if figures == "all" and ensembles.finished(result):
        for name in (name for name in SWEEP_FIGURES if figure(name).fits(found)):
            pictures.append(_drawn(found, result, name))
            done(1)
    path = result.directory / "report.html"
    path.write_text(page(result, headline(result, found.outcomes), pictures, varied.section(found)), encoding="utf-8")
    done(1)
    return path


def _picture(result: Result, name: str) -> Picture:
    """A figure of a result for the page; without its file where a table that it needs was not recorded."""
    module = figure(name)
    missing = [table for table in module.NEEDS if table not in result.plan.tables]
    if missing:
        return Picture(name, module.TITLE, f"Not drawn: it needs {' and '.join(missing)}, which was not recorded.", None)
    return _drawn(result, result, name)


def _drawn(shown: Result | Sweep, result: Result, name: str) -> Picture:
    """Draw a figure, save it as PNG and SVG, and return it for the page."""
    from analysis.figures import style  # matplotlib only where something is drawn

    module = figure(name)
    folder = Folder(result.directory / PICTURES, [f"{name}.png", f"{name}.svg"], result=True).open()
    png, _ = style.save(module.draw(shown), folder, name, module.TITLE, module.CAPTION)
    return Picture(name, module.TITLE, module.CAPTION, png)


def write_network(result: Result, path: Path) -> None:
    """Write the temporal network of the first finished run as dynamic GEXF."""
    run = ensembles.stances(result)
    query = f'select source, target, kind, start, "end" from ties where run = {run.run} order by kind, source, target, start'
    option = {iso3: network.stays(run.times, run.option[:, i], run.end) for i, iso3 in enumerate(run.nations.index)}
    network.write_gexf(path, result.world(run.run), result.sql(query).fetchall(), option, run.end)
