"""A figure looks the same whatever a user's matplotlibrc, style or backend says, and leaves the user's settings alone."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

import analysis
from analysis.figures import FIGURES, SWEEP_FIGURES, figure, style
from tests.results import result

pytestmark = pytest.mark.xdist_group("style")

#: What users have in their matplotlibrc, each line of which once changed a figure or broke it.
MATPLOTLIBRC = """
text.usetex: True
backend: TkAgg
font.family: monospace
font.size: 15
font.weight: bold
mathtext.fontset: stix
figure.facecolor: 102030
figure.dpi: 300
figure.autolayout: True
figure.constrained_layout.w_pad: 0.4
axes.facecolor: black
axes.grid: True
axes.prop_cycle: cycler('color', ['ff0000', '00ff00'])
axes.labelsize: 20
axes.labelweight: bold
axes.formatter.use_locale: True
axes.formatter.limits: -1, 1
axes.unicode_minus: False
axes.xmargin: 0.3
axes.autolimit_mode: round_numbers
xtick.direction: in
xtick.top: True
xtick.minor.visible: True
ytick.labelsize: 20
date.autoformatter.year: %d
legend.loc: center
legend.framealpha: 1
legend.facecolor: ff00ff
legend.columnspacing: 9
lines.linestyle: --
lines.marker: s
lines.markersize: 12
patch.edgecolor: red
patch.force_edgecolor: True
hatch.color: red
scatter.marker: x
image.cmap: jet
path.sketch: 2, 100, 2
path.simplify_threshold: 1.0
savefig.facecolor: black
savefig.format: pdf
savefig.bbox: tight
savefig.pad_inches: 1
savefig.transparent: True
savefig.dpi: 300
svg.fonttype: path
svg.hashsalt: other
"""
DRAWN = ast.parse("\n".join(path.read_text("utf-8") for path in Path(analysis.__file__).parent.rglob("*.py")))


@pytest.fixture
def hostile(tmp_path):
    """A user's settings in this process, as their file would bring them."""
    path = tmp_path / "matplotlibrc"
    path.write_text(MATPLOTLIBRC, "utf-8")
    with mpl.rc_context({key: value for key, value in mpl.rc_params_from_file(path).items() if key != "backend"}):
        yield dict(mpl.rcParams)


def files(name, folder) -> tuple[bytes, bytes]:
    """A figure of a small result as it is saved."""
    folder.mkdir()
    module = figure(name)
    png, svg = style.save(module.draw(result("few steps")), folder, name, module.TITLE, module.CAPTION)
    return png.read_bytes(), svg.read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_a_users_settings_change_no_byte_of_a_figure_and_stay_theirs(name, tmp_path, request):
    own = files(name, tmp_path / "own")
    before = request.getfixturevalue("hostile")
    assert files(name, tmp_path / "theirs") == own
    assert dict(mpl.rcParams) == before


def test_a_report_is_drawn_the_same_beside_a_users_matplotlibrc(tmp_path):
    """The command in a folder that has one, with a backend that does not exist."""
    (tmp_path / "matplotlibrc").write_text(MATPLOTLIBRC + "nosuch.key: 3\n", "utf-8")
    (tmp_path / "result").symlink_to(result("few steps").directory)
    own = files_of_report(result("few steps").directory)
    roots = os.pathsep.join([str(Path(analysis.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    told = subprocess.run(
        [sys.executable, "-m", "abm", "report", "result", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"MPLBACKEND": "nosuch", "PYTHONPATH": roots},
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    assert files_of_report(result("few steps").directory) == own


def test_no_cache_of_a_module_holds_an_open_result():
    """Compiled rules keep modules to the end of the process, where DuckDB complains of what is still open."""
    functions = [node for node in ast.walk(DRAWN) if isinstance(node, ast.FunctionDef)]
    functions = [node for node in functions if "cache" in ast.dump(ast.List(node.decorator_list))]
    methods = {node for c in ast.walk(DRAWN) if isinstance(c, ast.ClassDef) for node in c.body}
    asked = [ast.dump(argument) for node in functions if node not in methods for argument in node.args.args]
    assert len(functions) > 2
    assert [one for one in asked if "Result" in one or "Sweep" in one or "Study" in one] == []


def files_of_report(directory) -> dict[str, bytes]:
    """The figures beside a report; drawn here where there are none yet."""
    from analysis.reports.report import write

    if not (directory / "figures").exists():
        write(result("few steps"))
    found = {path.name: path.read_bytes() for path in sorted((directory / "figures").iterdir())}
    for path in (directory / "figures").iterdir():
        path.unlink()
    return found


def test_everything_is_drawn_and_saved_through_the_style():
    """What makes a figure is decorated, what writes one is in :mod:`analysis.figures.style`, and no state is used."""
    functions = [node for node in ast.walk(DRAWN) if isinstance(node, ast.FunctionDef) and node.name.startswith("draw")]
    makers = [node for node in functions if isinstance(node.returns, ast.Name) and node.returns.id == "Figure"]
    assert len(makers) > len(FIGURES) + len(SWEEP_FIGURES) + 10
    undressed = [node.name for node in makers if "styled" not in ast.dump(ast.List(node.decorator_list))]
    assert undressed == ["drawn"], "only what style.styled itself makes"
    told = [node for node in ast.walk(DRAWN) if isinstance(node, ast.Attribute) and node.attr in ("savefig", "print_figure")]
    assert len(told) == 2, "the two of style.picture and style.save"
    legends = [ast.unparse(node.func) for node in ast.walk(DRAWN) if isinstance(node, ast.Call)]
    legends = [name for name in legends if name.endswith(("figure.legend", "upper.legend", "top.legend"))]
    assert legends == ["figure.legend"], "the one of style.above, which knows how much room there is"
    names = {node.id for node in ast.walk(DRAWN) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(DRAWN) if isinstance(node, ast.Attribute)}
    assert not names & {"pyplot", "plt", "rcParams", "rcdefaults", "matplotlib"}
