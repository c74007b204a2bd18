"""Who goes with whom over all runs, and how far communities stay what they are from year to year."""

import numpy as np
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.networks import communities
from analysis.networks.study import Study

TITLE = "Who goes with whom, and how lasting communities are"
CAPTION = (
    "Left: share of the time, over all runs, that two nations are in the same coalition; nations are ordered by their community "
    "(Louvain; lines part communities) and within it by how much they are allied. Right: how far communities stay what they were "
    "a year before (mean Jaccard index with the best match; 1: the same members), among alliances and in the network of trust, "
    "with 95 % intervals over runs."
)
NAMED = 60  # nations up to which all are named


@style.styled
def draw(found: Study) -> Figure:
    """The matrix to the left, persistence to the right."""
    figure = style.new(4.3, gap=0.04)
    matrix, lines = figure.subplots(1, 2, width_ratios=[5, 3])
    share = communities.together(found.panel)
    np.fill_diagonal(share, np.nan)
    order, ends = ordered(found, share)
    image = matrix.imshow(share[np.ix_(order, order)], cmap=style.SEQUENTIAL, vmin=0)
    bar = figure.colorbar(image, ax=matrix, location="bottom", shrink=0.7, pad=0.02)
    bar.set_label("share of the time in the same coalition")
    style.percent(bar.ax.xaxis)
    for end in ends[:-1]:
        matrix.axhline(end - 0.5, color=palette.VERMILLION, linewidth=0.8)
        matrix.axvline(end - 0.5, color=palette.VERMILLION, linewidth=0.8)
    names = [found.panel.iso3[i] for i in order] if len(order) <= NAMED else []
    matrix.set_yticks(range(len(names)), names, fontsize=4.2)
    matrix.set_xticks([])
    matrix.tick_params(length=0, pad=1)
    _persistence(lines, communities.by_date(found.communities))
    return figure


def ordered(found: Study, share: np.ndarray) -> tuple[list[int], list[int]]:
    """Nations by community, within it by how much they are allied; and where each community ends."""
    index = {iso3: i for i, iso3 in enumerate(found.panel.iso3)}
    blocs = [[index[iso3] for iso3 in bloc] for bloc in communities.blocs(found.panel)]
    alone = sorted(set(index.values()) - {i for bloc in blocs for i in bloc})
    order: list[int] = []
    ends = []
    for bloc in [*blocs, alone] if alone else blocs:
        order += sorted(bloc, key=lambda i: -np.nansum(share[i]))
        ends.append(len(order))
    return order, ends


def _persistence(axes, table) -> None:
    for network, shade in (("alliances", palette.GREEN), ("trust", style.INK)):
        part = table[(table["network"] == network) & table["persistence"].notna()]
        axes.fill_between(part["time"], part["persistence_low"], part["persistence_high"], color=shade, alpha=0.2, linewidth=0)
        axes.plot(part["time"], part["persistence"], color=shade, label=network)
    axes.set_ylim(0, 1.03)
    style.years(axes, table["time"].unique(), ticks=4)
    axes.set_ylabel("what communities keep of themselves\nfrom the year before (Jaccard index)")
    axes.set_xlabel("year")
    axes.legend(loc="lower right")
