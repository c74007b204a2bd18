"""Who is in the core, and who brokers."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from abm import palette
from analysis.figures import style
from analysis.networks.study import Study

TITLE = "Core, periphery and brokers"
CAPTION = (
    "The nations that are most often in a coalition, with 95 % intervals over runs. Left: share of the time in a coalition; "
    "beyond the dashed line a nation counts as core. Middle: coreness, the k-core of lasting alliances a nation belongs to, "
    "relative to the innermost. Right: betweenness, the share of shortest paths between other nations that lead over it, where "
    "nations are the nearer the longer they were allied in a run."
)
SHOWN = 30
PANELS = (("member", "time in a coalition"), ("coreness", "coreness"), ("betweenness", "betweenness"))


@style.styled
def draw(found: Study) -> Figure:
    """A row per nation, a panel per measure."""
    table = found.core.head(SHOWN).merge(found.brokers.drop(columns="name"), on="iso3", how="left")
    figure = style.new(0.8 + 0.145 * len(table))
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for axes, (name, label) in zip(panels, PANELS, strict=True):
        axes.hlines(table.index, table[f"{name}_low"], table[f"{name}_high"], color=palette.GREEN, linewidth=1)
        axes.plot(table[name], table.index, "o", color=palette.GREEN, markersize=3.5)
        axes.set_xlim(0)
        axes.set_xlabel(label)
        axes.grid(axis="y")
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.3g}%")
    panels[0].axvline(0.5, color=style.GREY, linewidth=0.8, linestyle="--")
    panels[0].set_yticks(table.index, [style.literal(name) for name in table["name"]], fontsize=6.5)
    panels[0].set_ylim(len(table) - 0.4, -0.6)
    return figure
