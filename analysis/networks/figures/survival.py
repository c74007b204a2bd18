"""How long ties last, by what they are and by shared partners; how fast nations enter and leave."""

import numpy as np
from matplotlib.figure import Figure

from abm import palette
from analysis.figures import style
from analysis.networks.study import Study

TITLE = "How long ties last, and what protects them"
CAPTION = (
    "Above: share of ties that still stand after so many years (Kaplan-Meier; ties that stand at the end count as long as they "
    "were seen), left by what they are, right for allies by the partners they shared when they allied. Bands: 95 % intervals "
    "over runs. Below, left: how often ties of allies end, by the partners shared at the time; right: nations outside that enter "
    "a coalition in a year, members that leave theirs, and the share of entries that are returns."
)
FEWEST = 30  # ties at risk below which a curve is not drawn


@style.styled
def draw(found: Study) -> Figure:
    """Two panels of survival, one of rates by shared partners, one of churn by year."""
    figure = style.new(5.4, gap=0.05)
    (kinds, allies), (partners, churn) = figure.subplots(2, 2)
    curves = {str(name): curve for name, curve in found.survival.groupby("group", sort=False)}
    colour = style.colours(found.result.vendors)
    named = {"member of a coalition": palette.GREEN}
    named |= {f"client of {vendor}": colour[vendor] for vendor in found.result.vendors}
    _curves(kinds, {name: (curves[name], shade) for name, shade in named.items() if name in curves}, "ties that still stand")
    shades = (palette.ORANGE, palette.SKY, palette.BLUE, style.INK)
    close = [name for name in curves if name.startswith("allies")]
    _curves(allies, {name: (curves[name], shade) for name, shade in zip(close, shades)}, "")
    _partners(partners, found.dissolution)
    _churn(churn, found.churn.iloc[:-1])
    return figure


def _curves(axes, curves, label: str) -> None:
    for name, (curve, shade) in curves.items():
        shown = curve[curve["at_risk"] >= FEWEST]
        if len(shown):
            band = shown["run_low"], shown["run_high"]
            axes.fill_between(shown["years"], *band, color=shade, alpha=0.2, linewidth=0, step="post")
            axes.step(shown["years"], shown["survival"], where="post", color=shade, label=name.replace("allies with ", ""))
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0)
    style.percent(axes.yaxis)
    axes.set_ylabel(label)
    axes.set_xlabel("years since the tie began")
    if not axes.lines:
        axes.text(0.5, 0.5, "too few ties", transform=axes.transAxes, ha="center", color=style.GREY)
        return
    axes.legend(title="" if label else "allies with", title_fontsize=8, alignment="left")


def _partners(axes, table) -> None:
    bars = np.arange(len(table))
    style.points(axes, bars, table["rate"], table["low"], table["high"], style.INK, line="")
    axes.set_xticks(bars, table["shared_partners"])
    axes.set_xlim(-0.5, max(len(table), 1) - 0.5)
    axes.set_ylim(0)
    axes.set_xlabel("partners that two allies share")
    axes.set_ylabel("ends of ties of allies,\nper tie and year")


def _churn(axes, table) -> None:
    years = table["year"].astype(int)
    for name, label, shade in (("returns", "returns among entries", palette.SKY),
                               ("entry", "outsiders that enter", palette.GREEN),
                               ("exit", "members that leave", palette.VERMILLION)):
        axes.fill_between(years, table[f"{name}_low"], table[f"{name}_high"], color=shade, alpha=0.2, linewidth=0)
        axes.plot(years, table[name], color=shade, label=label)
    style.years(axes, years)
    axes.set_ylim(0)
    style.percent(axes.yaxis)
    axes.set_ylabel("share in a year")
    axes.set_xlabel("year")
    axes.legend()
