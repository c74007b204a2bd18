"""What figures and report read from a result: finished runs, spreads over them, and one run's stances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from runs.results import Result

LOW, HIGH = 0.1, 0.9  # the band between these quantiles over the replicates is shown as their spread
FINISHED = "run in (select run from runs where status = 'done')"


def finished(result: Result) -> list[int]:
    """Numbers of the runs that did not fail, in order."""
    return [run for (run,) in result.sql("select run from runs where status = 'done' order by run").fetchall()]


def some(runs: list[int], most: int) -> list[int]:
    """At most ``most`` of these, evenly chosen."""
    return runs[:: max(1, -(-len(runs) // most))]


def spread(result: Result, columns: list[str]) -> pd.DataFrame:
    """Low quantile, median and high quantile, mean and count over the finished runs, by date.

    Columns are (measure, ``low``/``median``/``high``/``mean``/``count``). Runs in which a measure is undefined at a date,
    such as the lag of a coalition where none stands, do not count at that date.
    """
    shapes = {
        "low": f"quantile_cont({{}}, {LOW})", "median": "median({})", "high": f"quantile_cont({{}}, {HIGH})",
        "mean": "avg({})", "count": "count({})",
    }
    chosen = [shape.format(f'"{column}"') for column in columns for shape in shapes.values()]
    frame = result.sql(f"select time, {', '.join(chosen)} from series where {FINISHED} group by time order by time").df()
    frame = frame.set_index("time").astype(float)
    frame.columns = pd.MultiIndex.from_product([columns, shapes])
    return frame


@dataclass(frozen=True)
class Stances:
    """One run: ``option`` and ``coalition`` ("" outside) are (T+1, N) at ``times``; ``nations`` their table, a row each."""

    run: int
    nations: pd.DataFrame
    times: np.ndarray
    option: np.ndarray
    coalition: np.ndarray

    @property
    def end(self) -> float:
        """Date to which the stances of the last step are taken to stand: one step further."""
        return float(self.times[-1] + (self.times[-1] - self.times[-2] if len(self.times) > 1 else 1.0))

    @property
    def source(self) -> np.ndarray:
        """(T+1, N) the coalition by name where there is one, else the option."""
        return np.where(self.coalition == "", self.option, self.coalition)

    @property
    def coalitions(self) -> list[str]:
        """Coalitions of the run, the one of most nation-steps first."""
        names, counts = np.unique(self.coalition[self.coalition != ""], return_counts=True)
        return names[np.argsort(-counts, kind="stable")].tolist()

    def steps(self, panels: int) -> list[int]:
        """Up to ``panels`` steps from the first to the last, evenly spaced."""
        return sorted({int(step) for step in np.linspace(0, len(self.times) - 1, panels).round()})


def stances(result: Result, run: int | None = None) -> Stances:
    """The stances of a run, by default the first that finished."""
    run = finished(result)[0] if run is None else run
    nations = result.plan.scenario_of(run).nations()
    query = f"select step, time, iso3, option, coalesce(coalition, '') as coalition from choices where run = {run}"
    frame = result.sql(query).df()
    option, coalition = (
        frame.pivot(index="step", columns="iso3", values=column).sort_index()[list(nations.index)].to_numpy(str)
        for column in ("option", "coalition")
    )
    return Stances(run, nations, np.sort(frame["time"].unique()), option, coalition)


def memberships(result: Result) -> pd.DataFrame:
    """Share of finished runs in which each nation is in a coalition ``at_end`` and ``ever``, most frequent first.

    Index iso3; ``name``. Nations are those of the first finished run, largest GDP first among equals.
    """
    frame = result.sql(f"""
        with stays as (
            select run, iso3, bool_or(coalition is not null) as ever,
                   arg_max(coalition is not null, step) as at_end
            from choices where {FINISHED} group by run, iso3)
        select iso3, avg(at_end::int) as at_end, avg(ever::int) as ever from stays group by iso3
    """).df().set_index("iso3")
    nations = result.plan.scenario_of(finished(result)[0]).nations()
    frame = frame.reindex(nations.index).assign(name=nations["name"])
    return frame.sort_values(["at_end", "ever"], ascending=False, kind="stable")
