"""Charts as SVG text: the same picture on the page and in a file, in light and dark (text takes ``currentColor``)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import ArrayLike

_LEFT, _RIGHT, _BOTTOM, _LINE = 42.0, 8.0, 19.0, 15.0
_FONT = 12  # px where a chart is drawn at its own size; wider ones are drawn larger, and the page sets their text smaller
#: Width of the charts in the panels.
PANEL = 316.0
DASHES = {"line": "", "dash": "6 3", "dot": "1.5 3", "dashdot": "7 3 1.5 3"}


def number(x: float) -> str:
    """A number as short as it can be read."""
    if x == 0 or not np.isfinite(x):
        return "0" if x == 0 else "–"
    return f"{x:.0f}" if abs(x) >= 100 else f"{x:.3g}"


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``count`` of them."""
    span = max(high - low, 1e-12)
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-6)
    return [round(k * step, 10) + 0.0 for k in range(first, last + 1)]


class Chart:
    """A chart over dates. Draw bands first, lines later; :meth:`svg` gives the whole picture."""

    def __init__(
        self,
        name: str,
        title: str,
        x: tuple[float, float],
        y: tuple[float, float],
        size: tuple[float, float] = (202.0, 205.0),
        percent: bool = False,
    ):
        self.name, self.title, self.x, self.y, self.size, self.percent = name, title, x, y, size, percent
        self._marks: list[str] = []
        self._rows: list[list[tuple[float, str, str, str]]] = []
        self._across = 4.0
        self._told: list[str] = []

    def tell(self, text: str) -> None:
        """Say in words what the picture shows, for who cannot see it."""
        self._told.append(text)

    @property
    def _top(self) -> float:
        return 21.0 + _LINE * len(self._rows)

    def _at(self, x, y) -> list[tuple[float, float]]:
        width, height = self.size
        across = _LEFT + (np.asarray(x, float) - self.x[0]) / max(self.x[1] - self.x[0], 1e-9) * (width - _LEFT - _RIGHT)
        share = (np.asarray(y, float) - self.y[0]) / max(self.y[1] - self.y[0], 1e-12)
        down = height - _BOTTOM - np.clip(share, -0.02, 1.02) * (height - _BOTTOM - self._top)
        return list(zip(across.tolist(), down.tolist()))

    def legend(self, entries: Iterable[tuple[str, str]], kind: str = "line") -> None:
        """Announce (label, colour) pairs; ``kind`` is area or one of :data:`DASHES`. Announce all before drawing."""
        for text, colour in entries:
            width = 19 + 0.56 * _FONT * len(text)
            if not self._rows or self._across + width > self.size[0]:
                self._rows.append([])
                self._across = 4.0
            self._rows[-1].append((self._across, text, colour, kind))
            self._across += width

    def line(self, x: ArrayLike, y: ArrayLike, colour: str, width: float = 1.6, dash: str = "") -> None:
        """A line, broken where y is not finite."""
        path, pen = "", "M"
        for (a, b), finite in zip(self._at(x, np.nan_to_num(np.asarray(y, float))), np.isfinite(np.asarray(y, float))):
            path += f"{pen}{a:.1f},{b:.1f}" if finite else ""
            pen = "L" if finite else "M"
        style = f' stroke-dasharray="{dash}"' if dash else ""
        if path:
            self._marks.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{style}/>')

    def dot(self, x: float, y: float, colour: str) -> None:
        """A dot, unless y is not finite."""
        if np.isfinite(y):
            a, b = self._at([x], [y])[0]
            self._marks.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.2" fill="{colour}"/>')

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str, opacity: float) -> None:
        """The area between two lines; parts where either is not finite are left out."""
        ok = np.isfinite(np.asarray(low, float)) & np.isfinite(np.asarray(high, float))
        across, under, over = (np.asarray(values, float)[ok] for values in (x, low, high))
        if len(across) > 1:
            points = self._at(across, over) + self._at(across, under)[::-1]
            path = "M" + "L".join(f"{a:.1f},{b:.1f}" for a, b in points) + "Z"
            self._marks.append(f'<path d="{path}" fill="{colour}" fill-opacity="{opacity}" stroke="none"/>')

    def ruler(self, x: float) -> None:
        """A vertical line at the present step."""
        (a, top), (_, bottom) = self._at([x, x], [self.y[1], self.y[0]])
        self._marks.append(
            f'<line class="ruler" x1="{a:.1f}" x2="{a:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="currentColor" '
            'stroke-width="1.2" stroke-dasharray="2 2"/>'
        )

    def svg(self) -> str:
        """The picture as an SVG element."""
        width, height = self.size
        title, spoken = escape(self.title), escape(". ".join([self.title, *self._told]))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
            f'data-figure="{escape(self.name)}" aria-label="{spoken}" font-family="sans-serif" font-size="{_FONT}">'
            f'<text x="4" y="13" font-weight="600" fill="currentColor">{title}</text>'
            + self._axes()
            + "".join(self._marks)
            + self._keys()
            + "</svg>"
        )

    def _axes(self) -> str:
        width, height = self.size
        parts = []
        for tick in nice_ticks(*self.y):
            _, down = self._at([self.x[0]], [tick])[0]
            text = f"{100 * tick:.0f} %" if self.percent else number(tick)
            parts.append(
                f'<line x1="{_LEFT}" x2="{width - _RIGHT}" y1="{down:.1f}" y2="{down:.1f}" stroke="currentColor" '
                f'stroke-opacity=".14"/><text x="{_LEFT - 4}" y="{down + 4:.1f}" text-anchor="end" '
                f'fill="currentColor" fill-opacity=".8">{text}</text>'
            )
        for tick in nice_ticks(*self.x, count=3):
            if tick == int(tick):
                across, _ = self._at([tick], [self.y[0]])[0]
                parts.append(
                    f'<text x="{min(across, width - 17):.1f}" y="{height - 5}" text-anchor="middle" fill="currentColor" '
                    f'fill-opacity=".8">{tick:.0f}</text>'
                )
        return "".join(parts)

    def _keys(self) -> str:
        parts = []
        for row, entries in enumerate(self._rows):
            down = 28.0 + _LINE * row
            for across, text, colour, kind in entries:
                if kind == "area":
                    mark = f'<rect x="{across}" y="{down - 7}" width="10" height="8" fill="{colour}"/>'
                else:
                    dash = f' stroke-dasharray="{DASHES[kind]}"' if DASHES[kind] else ""
                    mark = (
                        f'<line x1="{across}" x2="{across + 11}" y1="{down - 3.5}" y2="{down - 3.5}" stroke="{colour}" '
                        f'stroke-width="2.2"{dash}/>'
                    )
                parts.append(f'{mark}<text x="{across + 14}" y="{down}" fill="currentColor">{escape(text)}</text>')
        return "".join(parts)


def stacked_terms(
    rows: Sequence[tuple[str, dict[str, float], float, bool]],
    colours: dict[str, str],
    width: float,
    name: str = "why",
    title: str = "What each option is worth, by term",
) -> str:
    """Options as stacked bars: (label, terms in %, their sum, current) each.

    A diamond marks the sum; where that is minus infinity the option refused.
    """
    up = max((sum(v for v in terms.values() if v > 0) for _, terms, _, _ in rows), default=1.0) or 1.0
    down = min((sum(v for v in terms.values() if v < 0) for _, terms, _, _ in rows), default=0.0)
    left, line = 112.0, 24.0
    scale = (width - left - 62.0) / (up - down)
    zero, height = left - down * scale, line * len(rows) + 20.0
    parts, spoken = [], []
    for index, (text, terms, worth, current) in enumerate(rows):
        y = 4.0 + line * index
        edges = {True: zero, False: zero}
        for term, value in terms.items():
            size = abs(value) * scale
            x = edges[value > 0] if value > 0 else edges[False] - size
            edges[value > 0] += size if value > 0 else -size
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{size:.2f}" height="13" fill="{colours[term]}" data-term="{term}" '
                f'data-value="{value!r}"><title>{escape(text)}: {term} {value:+.2f} % of GDP a year</title></rect>'
            )
        weight = ' font-weight="700"' if current else ""
        told = f"{worth:+.2f} %" if np.isfinite(worth) else "refused"
        if np.isfinite(worth):
            parts.append(
                f'<path d="M{zero + worth * scale:.1f},{y - 1}l4,7.5l-4,7.5l-4,-7.5z" fill="currentColor" stroke="#fff" '
                'stroke-width=".7"/>'
            )
        parts.append(
            f'<text x="{left - 6}" y="{y + 10.5}" text-anchor="end" fill="currentColor"{weight}>{escape(text)}</text>'
            f'<text x="{width - 2}" y="{y + 10.5}" text-anchor="end" fill="currentColor"{weight}>{told}</text>'
        )
        spoken.append(f"{text}{' (its choice)' if current else ''} {told}")
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height - 16}" stroke="currentColor"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" data-figure="{escape(name)}" role="img" '
        f'aria-label="{escape(title)}, % of GDP a year. {escape("; ".join(spoken))}" '
        f'font-family="sans-serif" font-size="{_FONT}">'
        + "".join(parts)
        + f'<text x="{zero:.1f}" y="{height - 4}" text-anchor="middle" fill="currentColor" fill-opacity=".8">'
        "% of GDP a year</text></svg>"
    )


def strip(colours: Sequence[str], labels: Sequence[str], width: float = 320.0) -> str:
    """A nation's path: one cell a step, in the colour of its stance."""
    size = width / max(len(colours), 1)
    cells = "".join(
        f'<rect x="{i * size:.2f}" y="0" width="{size + 0.3:.2f}" height="14" fill="{colour}">'
        f"<title>{escape(text)}</title></rect>"
        for i, (colour, text) in enumerate(zip(colours, labels))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} 14" data-figure="path" role="img" '
        f'aria-label="{escape("Path of stances. " + _stays(labels))}">{cells}</svg>'
    )


def _stays(labels: Sequence[str]) -> str:
    """Labels such as "Q1 2025: US vendor", step by step, as the stays that they make up."""
    told: list[tuple[str, str]] = []
    for label in labels:
        when, _, stance = label.partition(": ")
        if not told or told[-1][1] != stance:
            told.append((when, stance))
    return "; ".join(f"from {when} {stance}" for when, stance in told)
