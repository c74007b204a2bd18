"""Capability against sovereignty: what each nation had on average, and how it got there, in one run."""

from itertools import pairwise

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from analysis.figures import labels, style
from analysis.reading import ensembles
from analysis.reading.replay import replayed
from runs.results import Result

NEEDS = ("choices",)
TITLE = "Capability against sovereignty"
CAPTION = (
    "One run. A nation's place is the mean, from the start to the date, of its source's lag behind the frontier (months) and "
    "of its sovereignty (share of its AI benefit that no single foreign government can withdraw); up and to the right is "
    "better in both. Lines are the paths from the start, coloured by the option held on the way; dots are the nations at the "
    "end, their area follows GDP at the start, and the largest are named. Crosses mark what each source gives at the end."
)
NAMED = 12


@style.styled
def draw(result: Result) -> Figure:
    """Paths, final places and names of all nations of the first finished run."""
    replay = replayed(result)
    run, lag, safe = replay.run, replay.lag, replay.sovereignty
    steps = np.arange(1, len(lag) + 1)[:, None]
    mean = np.stack([lag.cumsum(axis=0) / steps, safe.cumsum(axis=0) / steps], axis=2)
    colour = style.colours(result.vendors, run.coalitions)
    held = run.source[-1]
    sources = {source: (lag[-1, held == source].mean(), safe[-1, held == source].mean()) for source in dict.fromkeys(held)}
    figure = Figure(figsize=(style.WIDTH, 5.0))
    axes = figure.add_axes((0.085, 0.125, 0.895, 0.775))
    _scales(axes, max(1.0, mean[..., 0].max(), *(x for x, _ in sources.values())))
    order = np.argsort(-run.nations["gdp_usd_bn"].to_numpy(), kind="stable")
    _paths(axes, run, mean, colour, set(order[:NAMED].tolist()))
    gdp = run.nations["gdp_usd_bn"].to_numpy()[order]
    areas, places = np.clip(110 * gdp / gdp.max(), 8, None), mean[-1][order]
    shades = [colour[source] for source in held[order]]
    axes.scatter(places[:, 0], places[:, 1], s=areas, c=shades, edgecolors="white", linewidths=0.6, zorder=3, clip_on=False)
    crosses = np.array(list(sources.values()))
    shades = [colour[source] for source in sources]
    axes.scatter(crosses[:, 0], crosses[:, 1], marker="x", s=45, c=shades, linewidths=1.8, zorder=4, clip_on=False)
    names = [style.literal(run.nations["name"].iloc[i]) for i in order[:NAMED]]
    labels.place(axes, np.concatenate([places, crosses]), np.append(areas, [60] * len(crosses)), names)
    style.legend(figure, result, extra=[style.mark("source at the end", "x", style.GREY)])
    style.one_run(figure, result, run.run)
    return figure


def _scales(axes, reach: float) -> None:
    """Months from the right to the left, on a scale of roots so that both vendors and lone builders have room."""
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.maximum(x, 0)), np.square))
    axes.set_xlim(1.1 * reach, 0)
    axes.set_xticks([tick for tick in (0, 1, 3, 6, 12, 24, 48, 96) if tick <= 1.1 * reach])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_ylim(-0.05, 1.05)
    style.percent(axes.yaxis)
    axes.grid()
    axes.set_xlabel("lag of its source behind the frontier (months, mean since the start; right is better)")
    axes.set_ylabel("sovereignty (share of AI benefit, mean since the start)")


def _paths(axes, run: ensembles.Stances, mean: np.ndarray, colour: dict[str, str], named: set[int]) -> None:
    """A line per nation and stay, each from where the last one ended; those of the named nations stand out."""
    for i, source in enumerate(run.source.T):
        starts = [0, *(np.flatnonzero(source[1:] != source[:-1]) + 1), len(source)]
        lines = [mean[max(begin - 1, 0) : end, i] for begin, end in pairwise(starts)]
        shades = [colour[source[begin]] for begin in starts[:-1]]
        strong = {"linewidths": 1.1, "alpha": 0.8, "zorder": 2} if i in named else {"linewidths": 0.6, "alpha": 0.25, "zorder": 1}
        axes.add_collection(LineCollection(lines, colors=shades, **strong))
