"""How all figures look: colours, type, sizes, axes of dates, and the files they are saved as."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any, TypeVar

from matplotlib import colormaps, rc_context, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

from abm import options, palette
from analysis.reading.ensembles import finished
from runs.results import Result

INK, GREY, PALE = "#222222", "#666666", "#D9D9D9"
#: Colour maps for a quantity from little to much, readable in grey and by the colour-blind.
SEQUENTIAL = "cividis"
WIDTH = 7.2  # inches, the text width of a page
DPI = 180

Shown = TypeVar("Shown")  # what a figure shows: a result, an answer

RC: dict[Any, Any] = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"], "font.size": 8,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GREY, "axes.linewidth": 0.7,
    "axes.titlesize": 8.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 6,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "grid.color": "#E6E6E6", "grid.linewidth": 0.6, "xtick.color": GREY, "ytick.color": GREY,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "legend.frameon": False, "legend.fontsize": 8,
    "lines.linewidth": 1.6, "hatch.linewidth": 0.6, "svg.fonttype": "none", "svg.hashsalt": "ai-sovereignty",
}


def settings() -> AbstractContextManager[None]:
    """This style on matplotlib's own defaults while it lasts: nothing of a user's matplotlibrc, style sheet or ``rcParams``."""
    return rc_context({name: rcParamsDefault[name] for name in rcParamsDefault if name != "backend"} | RC)


def styled(draw: Callable[[Shown], Figure]) -> Callable[[Shown], Figure]:
    """Decorator of every ``draw``: the figure is made in this style, whatever the caller's own settings are."""

    @wraps(draw)
    def drawn(shown: Shown) -> Figure:
        with settings():
            return draw(shown)

    return drawn


def new(height: float, gap: float = 0.02) -> Figure:
    """An empty figure of the page's width and ``height`` inches that lays its axes out; ``gap`` [share] between columns."""
    return Figure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(wspace=gap))


def colours(vendors: Sequence[str], coalitions: Sequence[str] = ()) -> dict[str, str]:
    """Colour of every option, and of every coalition of a run by name."""
    return options.colours(vendors) | dict(zip(coalitions, cycle(palette.FIGURE_COALITIONS)))


def labels(result: Result, letters: int = 34, lines: int = 2) -> dict[str, str]:
    """What a reader calls each option, in at most so many ``lines`` of so many ``letters``."""
    named = {vendor.name: wrapped(f"{vendor.title} (vendor)", letters, lines) for vendor in result.scenario.vendors}
    return named | options.TITLES


def wrapped(text: str, letters: int, lines: int = 2) -> str:
    """Text from a file in at most so many ``lines`` of so many ``letters``, broken between words where that can be."""
    return literal("\n".join(textwrap.wrap(text, letters, max_lines=lines, placeholder=" \u2026")) or text[:letters])


def literal(text: str) -> str:
    """Text of a file, with the sign that would begin a formula made harmless."""
    return text.replace("$", r"\$")


def option_names(result: Result) -> tuple[str, ...]:
    """Options in the order of every legend and stack: the coalition first."""
    names = options.names(result.vendors)
    return (names[-1], *names[:-1])


def legend(figure: Figure | SubFigure, result: Result, held: Collection[str] | None = None, extra: Sequence = ()) -> None:
    """A legend of the options above all axes; ``held`` leaves out those that nobody holds."""
    colour, label = colours(result.vendors), labels(result)
    shown = [name for name in option_names(result) if held is None or name in held]
    above(figure, [*(Patch(facecolor=colour[name], label=label[name]) for name in shown), *extra])


def above(figure: Figure | SubFigure, entries: Sequence[Any], place: str = "upper center", size: float = 8, **look: Any) -> None:
    """A legend outside all axes (``place`` where), in as many columns as the page is wide enough for, of type of ``size``
    points; ``look`` goes to matplotlib."""
    look = {"handlelength": 1.2, "columnspacing": 1.4, "fontsize": size} | look
    gaps = (look["handlelength"] + look["columnspacing"] + 1.2) * size  # with the mark
    widths = [_width(str(entry.get_label()), size) + gaps for entry in entries]
    fits = (count for count in range(len(entries), 1, -1) if sum(_columns(widths, count)) <= 72 * WIDTH)
    look["loc"] = f"outside {place}"
    figure.legend(handles=list(entries), ncols=next(fits, 1), **look)


def _columns(widths: Sequence[float], count: int) -> list[float]:
    """The widths of a legend's columns, which it fills one after the other."""
    rows, longer = divmod(len(widths), count)
    ends = [rows * k + min(k, longer) for k in range(count + 1)]
    return [max(widths[a:b]) for a, b in pairwise(ends)]


def _width(text: str, size: float) -> float:
    """Width of text in points."""
    font = FontProperties(family=RC["font.sans-serif"][0], size=size)
    return max(TextPath((0, 0), line, prop=font).get_extents().width if line else 0.0 for line in text.split("\n"))


def ramp(count: int) -> list[Any]:
    """Colours for ordered lines, from dark to light, all dark enough to read on white."""
    return [colormaps[SEQUENTIAL](share) for share in ([0.3] if count == 1 else [0.85 * k / (count - 1) for k in range(count)])]


def plain_ticks(axis) -> None:
    """Few ticks, written as short as they are."""
    axis.set_major_locator(MaxNLocator(4))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}".replace("-", "\N{MINUS SIGN}")))


def fine_percent(axis) -> None:
    """An axis of shares in per cent, with as many digits as the shares need."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.3g}%"))


def logarithmic(axis) -> None:
    """An axis in even ratios, with labels at 1, 2 and 5 of every order of magnitude."""
    axis.axes.set_xscale("log") if axis.axis_name == "x" else axis.axes.set_yscale("log")
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def mark(label: str, shape: str, colour: str, hollow: bool = False) -> Line2D:
    """A legend's entry for a marker."""
    fill = "white" if hollow else colour
    return Line2D([], [], linestyle="none", marker=shape, markersize=4.5, color=colour, markerfacecolor=fill, label=label)


def years(axes: Axes, times: Iterable[float], ticks: int = 6) -> None:
    """The x axis from the first date to the last, with about as many ticks."""
    first, *_, last = map(float, times)
    axes.set_xlim(first, last if last > first else first + 1)
    whole = last - first >= 4
    axes.xaxis.set_major_locator(MaxNLocator(ticks if whole else 2, integer=whole, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))


def percent(axis, digits: int = 0) -> None:
    """An axis of shares, written in per cent."""
    axis.set_major_formatter(PercentFormatter(1, decimals=digits))


def band(axes: Axes, frame, colour: str, label: str | None = None, **line) -> None:
    """Median line and low-to-high band of one measure's columns of :func:`analysis.reading.ensembles.spread`."""
    axes.fill_between(frame.index, frame["low"], frame["high"], color=colour, alpha=0.18, linewidth=0)
    marker = "." if len(frame) == 1 else ""
    axes.plot(frame.index, frame["median"], color=colour, label=label, marker=marker, **line)


def points(axes: Axes, x, y, low, high, colour: str, label: str | None = None, line: str = "-") -> None:
    """Points with their intervals, joined by a thin line (``line=""``: not joined)."""
    axes.plot(x, y, color=colour, marker="o", markersize=3.5, linewidth=1, linestyle=line or "none", label=label)
    axes.vlines(x, low, high, color=colour, linewidth=1)


def footnote(figure: Figure, result: Result) -> None:
    """Below all axes: what lines and bands are, and the number of replicates."""
    count = len(finished(result))
    spread = f"lines: median of {count} replicates; bands: 10 to 90 % of them" if count > 1 else "1 replicate, hence no bands"
    figure.supxlabel(spread, fontsize=7, color=GREY)


def one_run(figure: Figure, result: Result, run: int) -> None:
    """Below all axes of a figure of a single run: which."""
    figure.supxlabel(f"run {run} of {replicates(len(finished(result)))}", fontsize=7, color=GREY)


def replicates(count: int) -> str:
    """A number of replicates in words."""
    return f"{count} replicates" if count != 1 else "1 replicate"


def save(figure: Figure, folder: Path, name: str, title: str, caption: str) -> tuple[Path, Path]:
    """Write ``name.png`` and ``name.svg``; both carry title and caption in their metadata."""
    told = {"Title": title, "Description": caption}
    png = picture(figure, folder / f"{name}.png", DPI, told)
    svg = folder / f"{name}.svg"
    with settings():
        figure.set_layout_engine("none")  # the places found for the PNG serve the SVG too
        figure.savefig(svg, format="svg", metadata={**told, "Date": None})
    return png, svg


def picture(figure: Figure, path: Path, dpi: int, told: dict[str, str] | None = None) -> Path:
    """Write a PNG of ``dpi`` dots per inch, with ``told`` in its metadata."""
    with settings():
        figure.savefig(path, format="png", dpi=dpi, metadata=told)
    return path
