"""Files that people and other tools write: what is unambiguous is read, all else is one sentence with line and likely cause."""

import os
import re
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from abm import files
from abm.files import FileError
from abm.scenario import Scenario, ScenarioError
from runs import library, sweep_file
from runs.axes import SweepError
from runs.delimited import read_table

POINTS = np.array([[0.25, 0.5], [0.001, 0.75]])
#: Two points of portability and taste_renewal as tools write them.
WRITTEN = {
    "pandas, with its index": ",portability,taste_renewal\n0,0.25,0.5\n1,0.001,0.75\n",
    "pandas, without": "portability,taste_renewal\n0.25,0.5\n0.001,0.75\n",
    "pandas, read and written again": "Unnamed: 0,portability,taste_renewal\n0,0.25,0.5\n1,0.001,0.75\n",
    "R, write.csv": '"","portability","taste_renewal"\n"1",0.25,0.5\n"2",1e-03,0.75\n',
    "R, write.csv2": '"";"portability";"taste_renewal"\n"1";0,25;0,5\n"2";1e-03;0,75\n',
    "R, write.csv2 without row names": '"portability";"taste_renewal"\n0,25;0,5\n0,001;0,75\n',
    "R, write.table": '"portability" "taste_renewal"\n"1" 0.25 0.5\n"2" 0.001 0.75\n',
    "R, write.table without quotes": "portability taste_renewal\n1 0.25 0.5\n2 0.001 0.75\n",
    "R, write.table with sep = ,": '"portability","taste_renewal"\n"1",0.25,0.5\n"2",0.001,0.75\n',
    "Excel, English": "portability,taste_renewal\r\n0.25,0.5\r\n1.00E-03,0.75\r\n",
    "Excel, German": "portability;taste_renewal\r\n0,25;0,5\r\n1,00E-03;0,75\r\n",
    "Excel, CSV UTF-8": "\ufeffportability,taste_renewal\r\n0.25,0.5\r\n0.001,0.75\r\n",
    "Excel, with its first line": "sep=;\r\nportability;taste_renewal\r\n0,25;0,5\r\n0,001;0,75\r\n",
    "Excel, columns and rows that were emptied": "portability,taste_renewal,,\r\n0.25,0.5,,\r\n0.001,0.75,,\r\n,,,\r\n",
    "Excel, tabs": "portability\ttaste_renewal\r\n0.25\t0.5\r\n0.001\t0.75\r\n",
    "NumPy, savetxt with a header": "# portability taste_renewal\n2.5e-01 5.0e-01\n1.0e-03 7.5e-01\n",
    "pyDOE, by savetxt with commas": "# portability,taste_renewal\n0.25,0.5\n0.001,0.75\n",
    "SALib, through savetxt": "portability taste_renewal\n2.500000000000000000e-01 5.000000000000000000e-01\n1e-03 0.75\n",
    "ema-workbench, experiments.csv": (
        "portability,taste_renewal,scenario,policy,model\n0.25,0.5,0,None,abm\n0.001,0.75,1,None,abm\n"
    ),
    "blanks, blank lines, comments": "# mine\n\n portability ,  taste_renewal \n\n 0.25 , 0.5\n# two\n\t\n0.001,  0.75 \n\n",
    "quoted numbers": '"portability","taste_renewal"\n"0.25","0.5"\n"0.001",".75"\n',
    "line ends of old Macs": "portability,taste_renewal\r0.25,0.5\r0.001,0.75\r",
    "a separator ends each line": "portability,taste_renewal\n0.25,0.5,\n0.001,0.75,\n",
    "a sign for plus": "portability,taste_renewal\n+0.25,0.5\n0.001,0.75",
}


def swept(folder: Path, table: str | bytes, name: str = "points.csv"):
    """The plan of a sweep over a table."""
    (folder / name).write_bytes(table.encode() if isinstance(table, str) else table)
    (folder / "sweep.toml").write_text(f'[design]\nmethod = "csv"\nfile = "{name}"\n', "utf-8")
    return sweep_file.read(folder / "sweep.toml")


@pytest.mark.parametrize("tool", WRITTEN)
def test_points_are_read_as_other_tools_write_them(tmp_path, tool):
    plan = swept(tmp_path, WRITTEN[tool])
    assert [factor.name for factor in plan.factors] == ["portability", "taste_renewal"]
    assert plan.points.tolist() == POINTS.tolist()
    assert plan.design.get("left_out", []) == (["scenario", "policy", "model"] if "ema" in tool else [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path, encoding):
    text = WRITTEN["Excel, tabs"]
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    assert swept(tmp_path, (mark + text).encode(encoding)).points.tolist() == POINTS.tolist()
    (tmp_path / "scenario.toml").write_bytes((mark + 'title = "Größe"\r\nsteps = 3\r\n').encode(encoding))
    scenario = Scenario.read(tmp_path / "scenario.toml")
    assert (scenario.content.title, scenario.content.steps) == ("Größe", 3)


def test_a_column_of_every_kind(tmp_path):
    table = "nations;admission;events[2].date\nFRA DEU;open;2027-07-01\neu;majority;2028,5\n"
    plan = swept(tmp_path, table)
    assert plan.values(0) == {"nations": ["FRA", "DEU"], "admission": "open", "events[2].date": 2027.5}
    assert plan.values(1) == {"nations": "eu", "admission": "majority", "events[2].date": 2028.5}


def test_one_column_needs_no_separator(tmp_path):
    assert swept(tmp_path, "portability\n0.25\n0.5\n").points.tolist() == [[0.25], [0.5]]
    assert swept(tmp_path, '"portability"\n"1" 0.25\n"2" 0.5\n').points.tolist() == [[0.25], [0.5]]
    assert swept(tmp_path, "nations\nFRA DEU\neu\n").values(0) == {"nations": ["FRA", "DEU"]}


def test_upper_case_extensions(tmp_path):
    assert swept(tmp_path, WRITTEN["Excel, English"], "POINTS.CSV").points.tolist() == POINTS.tolist()
    (tmp_path / "MINE.TOML").write_text("steps = 3\n", "utf-8")
    assert library.scenario(str(tmp_path / "MINE.TOML")).content.steps == 3
    with pytest.raises(ScenarioError, match=r"none\.TOML: no such file"):
        library.scenario("none.TOML")


HEAD = "portability,taste_renewal\n"
#: Table -> what is said of it, after the file's name.
FAULTY = {
    "": "is empty; a table needs a line with the names of the columns",
    "\n\n": "is empty",
    HEAD: "needs a line with the names of the columns, and a line for each row",
    "0.25,0.5\n0.001,0.75\n": "line 1: holds numbers where the names of the columns are needed; add a header",
    "2.5e-01 5.0e-01\n1.0e-03 7.5e-01\n": "line 1: holds numbers where the names of the columns are needed",
    "# Latin hypercube\n0.25,0.5\n0.5,0.6": "line 2: holds numbers where the names of the columns are needed",
    HEAD + '0.25,"0.5\n0.1,0.2\n0.3,0.4\n': "line 2: a quote is opened and not closed",
    HEAD + '0.25,0.5\n\n"0.1,0.2': "line 4: a quote is opened and not closed",
    HEAD + "\n\n0.25,0.5\n# more\n0.1\n": "line 6: has 1 value under 2 names",
    HEAD + "0,25,0,5\n": "line 2: has 4 values under 2 names; a decimal comma between commas? write 0.5",
    "portability\n0,25\n0,5\n": "line 2: has 2 values under 1 name; a decimal comma between commas?",
    "portability\n1,5\n2,5\n": "line 2: has 2 values under 1 name; a decimal comma between commas?",
    HEAD + "0.25,\n": "line 2: column taste_renewal: found nothing; a value is missing here",
    HEAD + "0.25,0.5\nNA,0.5\n": "line 3: column portability: found NA; a value is missing here",
    HEAD + "0.25,NaN\n": "line 2: column taste_renewal: found NaN; a value is missing here",
    HEAD + "#N/A,0.5\n": "line 2: column portability: found #N/A; a value is missing here",
    HEAD + "0.25,#DIV/0!\n": "line 2: column taste_renewal: found #DIV/0!; a value is missing here",
    HEAD + "0.25,-Inf\n": "line 2: column taste_renewal: found -Inf; a finite number is needed",
    HEAD + "0.25,50 %\n": "line 2: column taste_renewal: found 50 %; write a share, such as 0.5 for 50 %",
    HEAD + "0.25,1.5D-03\n": "line 2: column taste_renewal: found 1.5D-03; an exponent is written with e",
    HEAD + "0.25,1 000\n": "line 2: column taste_renewal: found 1 000; thousands separators?",
    "portability;taste_renewal\n1.234,5;0,5\n": "line 2: column portability: found 1.234,5; thousands separators?",
    "portability;taste_renewal\n1.234.567;0.5\n": "line 2: column portability: found 1.234.567; thousands separators?",
    "portability;taste_renewal\n0,25;0,5\n0.1;0,2\n": "line 2: found 0,25, but 0.1 in line 3: decimal commas or decimal points?",
    'growth_decay\n"1,234"\n': "line 2: found 1,234; is 1234 meant, or 1.234? write it so",
    "growth_decay\tportability\n1,234\t0\n": "line 2: found 1,234; is 1234 meant, or 1.234?",
    "portability, portability \n0.1,0.2\n": "two columns are named portability",
    "portability,,taste_renewal\n0.1,0.2,0.3\n": "column 2 has no name",
    HEAD + "0.25,0.5\n\n7,0.5\n": "line 4: column portability: 7.0 is outside",
    "admission\nopen\n\nopne\n": "line 4: column admission: 'opne' is not one of",
    "id,portability\n0,0.5\n1,0.6\n": "id: no such parameter; it numbers the rows: take it out",
    "events.2..date\n2027\n": "events.2..date: is written events[2].date",
    "events[02].date\n2027\n": "events[02].date: is written events[2].date",
    "events[2].date\n2027-02-30\n": "line 2: column events[2].date: found '2027-02-30'; a date is needed",
    "events[2].date\n2027.5\n2027.55\n": "lines 2 and 3: are the same runs: events[2].date fall into the same step of 0.25 years",
    "convening_size\n3\n\n3.5\n": "line 4: column convening_size: 3.5 is not a whole number",
    HEAD + f"0.25,{'9' * 200_000}\n": "line 2: field larger than field limit",
    HEAD + "0.25,\0\n": "line 2: holds a NUL character",
}  # fmt: skip


@pytest.mark.parametrize("table", FAULTY, ids=list(FAULTY.values()))
def test_a_table_that_cannot_be_told_is_one_sentence_with_the_line(tmp_path, table):
    with pytest.raises(SweepError, match=re.escape(FAULTY[table])) as caught:
        swept(tmp_path, table)
    assert str(caught.value).startswith(f"{tmp_path}/points.csv: ")
    assert "\n" not in str(caught.value)


def test_text_in_another_encoding_is_told(tmp_path):
    with pytest.raises(SweepError, match=r"points.csv: is not UTF-8 text \(byte 2\); save it as UTF-8"):
        swept(tmp_path, "Größe".encode("latin-1"))
    with pytest.raises(SweepError, match="line 1: holds a NUL character"):
        swept(tmp_path, HEAD.encode("utf-16-le"))


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("portability = 0,5", "a decimal comma? write 0.5, not 0,5"),
        ("admission = “open”", "typographic quotes?"),
        ("admission = open", "text needs quotes"),
        ("portability: 0.5", "a colon? write name = value"),
        ('"portability";"notice"', 'a table of points? a sweep file names one: method = "csv" and file = "..." under [design]'),
        ("portability,notice", "a table of points?"),
        (",portability", "a table of points?"),
        ('{"portability": 0.5}', "another format? write name = value"),
        ('<?xml version="1.0"?>', "another format?"),
    ],
)
def test_what_is_no_toml_is_told_with_line_and_likely_cause(tmp_path, line, cause):
    (tmp_path / "own.toml").write_text(f"# mine\n[parameters]\n\n{line}\nnotice = 1\n", "utf-8")
    with pytest.raises(ScenarioError, match=re.escape(cause)) as caught:
        Scenario.read(tmp_path / "own.toml")
    assert "at line 4" in str(caught.value)


@pytest.mark.parametrize("content", ["values = [\n0.1; 0.2\n]", 'events = [\n{ kind = "cut"; }\n]', "a, b = 1"])
def test_no_cause_is_named_that_is_none(content):
    with pytest.raises(FileError) as caught:
        files.parse_toml(content, "own.toml")
    assert "?" not in str(caught.value)


HURTING = {
    "a = " + "[" * 10_000 + "]" * 10_000: "is nested too deep",
    "a = " + "{a = " * 5_000 + "1" + "}" * 5_000: "is nested too deep",
    ".".join("a" * 100_000) + " = 1": "is nested too deep",
    "[" + ".".join(["'a b'"] * 10_000) + "]": "is nested too deep",
    "[[" + " . ".join("a" * 10_000) + "]]": "is nested too deep",
    "a = " + "[" * 41 + "]" * 41: "is nested too deep; at most 40",
    "[a.b]\nc = 1" + "0" * 400: "a.b.c: found an integer of 401 digits; whole numbers lie in -2^63 to 2^64 - 1",
    "a = [1, -1" + "0" * 30 + "]": "a: found an integer of 31 digits",
    "a = 1" + "0" * 5000: "holds an integer of thousands of digits",
    "a" * 2_000_000: "holds 2,000,000 bytes; a file of at most 1,000,000 is read",
}


@pytest.mark.parametrize("text", HURTING, ids=lambda text: text[:12])
def test_what_would_hurt_is_refused_before_it_does(tmp_path, text):
    (tmp_path / "own.toml").write_text(text, "utf-8")
    began = time.perf_counter()
    with pytest.raises(FileError, match=f"^{re.escape(str(tmp_path))}/own.toml: {re.escape(HURTING[text])}"):
        files.parse_toml(files.text(tmp_path / "own.toml"), str(tmp_path / "own.toml"))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 41 + "]" * 41])
def test_json_nested_too_deep(text):
    with pytest.raises(FileError, match=r"manifest\.json: is nested too deep"):
        files.parse_json(text, "manifest.json")


def test_a_key_of_many_dots_may_stand_in_text():
    words = " ".join(["Mr. X has an A.B.C."] * 60)
    assert files.parse_toml(f'a = "{words}"', "own.toml") == {"a": words}


@pytest.mark.parametrize("kind", ["directory", "pipe", "socket", "device", "loop", "absent"])
@pytest.mark.parametrize("reader", [files.text, Scenario.read, read_table, sweep_file.read])
def test_only_regular_files_are_read(tmp_path, kind, reader, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    path = Path("own.toml")
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    said = {
        "directory": "is a directory, not a ", "pipe": "is a pipe or a device, not a", "socket": "cannot be read: No such device",
        "device": "is a pipe or a device, not a", "loop": "cannot be read: Too many levels", "absent": "no such file",
    }  # fmt: skip
    with pytest.raises(ValueError, match=f"^own.toml: {said[kind]}"):
        reader(path)
