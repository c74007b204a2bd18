"""Tables of text as other tools write them: Excel, R, pandas, NumPy; with their separators, index columns and number formats.

What is unambiguous is read; the rest is refused in one sentence with the line and the likely cause.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from abm import files
from abm.files import FileError
from abm.words import repeated

LARGEST = 64_000_000  # bytes
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_ONE_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_COMMENT = re.compile(r"\s*#(?!(N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!))")  # what Excel writes for a fault is a cell
_QUOTED = re.compile(r'"[^"]*"')
#: What a cell that is no number most likely was meant to be.
_CAUSES = (
    (r"(?i)|n/?a|#n/?a|nan|null|none|[.?-]|#[\w/]+[!?]?", "a value is missing here, and every row needs one"),
    (r"(?i)[+-]?inf(inity)?", "a finite number is needed"),
    (r"[+-]?[\d.,]+ ?%", "write a share, such as 0.5 for 50 %"),
    (r"[+-]?\d{1,3}([ ,.'\u2019\u00a0\u202f]\d{3})+([.,]\d+)?", "thousands separators? write the digits alone"),
    (r"[+-]?[\d.,]+[dD][+-]?\d+", "an exponent is written with e, such as 1.5e-3"),
)


@dataclass(frozen=True)
class Table:
    """``rows`` of cells without blanks around them, under ``names``; ``lines`` says on which line of the file each row stands.

    ``comma`` says that numbers are written with a decimal comma.
    """

    path: Path
    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    comma: bool

    def number(self, cell: str) -> float | None:
        """A finite number; None for a cell that is none."""
        cell = cell.replace("\u2212", "-").replace(",", ".", 1) if self.comma else cell.replace("\u2212", "-")
        return float(cell) if _NUMBER.fullmatch(cell) else None

    def without(self, *names: str) -> Table:
        """The table without some of its columns."""
        kept = [index for index, name in enumerate(self.names) if name not in names]
        return Table(self.path, *(_kept([self.names, *self.rows], kept)), self.lines, self.comma)


def cause(cell: str) -> str:
    """Why a cell is no number, as far as it can be told, as a clause; empty where it may be a name."""
    return next((f"found {cell or 'nothing'}; {why}" for form, why in _CAUSES if re.fullmatch(form, cell)), "")


def read_table(path: str | Path) -> Table:
    """The table of a text file with a line of names. Errors: FileError."""
    path = Path(path)
    lines, separator, remark = _lines(path)
    records = list(_records(path, lines, separator))
    if not records or (len(records) == 1 and not _numeric(records[0])):
        raise FileError(f"{path}: needs a line with the names of the columns, and a line for each row")
    numbers = [number for number, _ in lines]
    if _numeric(records[0]):
        if len(remark) != len(records[0]) or _numeric(remark):
            raise FileError(f"{path}: line {numbers[0]}: holds numbers where the names of the columns are needed; add a header")
        records, numbers = [remark, *records], [0, *numbers]  # NumPy's savetxt writes its header as a comment
    quoted = all(line.lstrip().startswith('"') for _, line in lines[1:])
    names, *rows = _without_index(records, quoted, separator)
    _check_shape(path, names, rows, numbers[1:])
    return Table(path, names, rows, numbers[1:], _decimal_comma(path, rows, numbers[1:], separator))


def _lines(path: Path) -> tuple[list[tuple[int, str]], str, list[str]]:
    """Numbered lines that hold cells, their separator, and the names in the last comment above them."""
    text = files.text(path, "table", LARGEST)
    lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1) if line.strip(" \t;,\u00a0")]
    told = re.fullmatch(r'"?sep=(.)"?', lines[0][1].strip()) if lines else None  # Excel's own first line
    kept = [(number, line) for number, line in lines[bool(told) :] if not _COMMENT.match(line)]
    if not kept:
        raise FileError(f"{path}: is empty; a table needs a line with the names of the columns, and a line for each row")
    separator = told[1] if told else _separator(*(line for _, line in kept[:2]))
    above = lines.index(kept[0]) - 1
    remark = lines[above][1].lstrip(" #") if above >= bool(told) else ""
    return kept, separator, [name.strip() for name in remark.split(separator.strip() or None)]


def _separator(header: str, first: str = "") -> str:
    for line in (header, first if first.startswith('"') else ""):
        bare = _QUOTED.sub("", line.strip())
        found = next((mark for mark in "\t;," if mark in bare), " " if re.search(r"\s", bare) else "")
        if found:
            return found
    return ","


def _records(path: Path, lines: list[tuple[int, str]], separator: str) -> Iterator[list[str]]:
    """The cells of each line; FileError where a quote is left open, which would swallow the lines that follow."""
    reader = csv.reader([*(line.strip() if separator == " " else line for _, line in lines), ""],
                        delimiter=separator, skipinitialspace=True)  # fmt: skip
    try:
        for index, (number, _) in enumerate(lines, 1):
            cells = next(reader)
            if reader.line_num > index:
                raise FileError(f"{path}: line {number}: a quote is opened and not closed")
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileError(f"{path}: line {lines[min(reader.line_num, len(lines)) - 1][0]}: {error}") from None


def _numeric(cells: list[str]) -> bool:
    """Whether cells hold a number, and none a name."""
    numbers = [cell for cell in cells if _NUMBER.fullmatch(cell) or _COMMA.fullmatch(cell)]
    return bool(numbers) and all(cell in numbers or not cell for cell in cells)


def _without_index(records: list[list[str]], quoted: bool, separator: str) -> list[list[str]]:
    """Without columns that are empty to the last row (Excel leaves them), and without the column of row names or numbers."""
    names, width = records[0], len(records[0])
    widths = {len(cells) for cells in records[1:]}
    if widths == {width + 1} and not any(cells[-1] for cells in records[1:]):
        return [names, *(cells[:-1] for cells in records[1:])]  # a separator ends each line
    if widths == {width + 1} and (quoted or ((separator != "," or width > 1) and counted([row[0] for row in records[1:]]))):
        return [names, *(cells[1:] for cells in records[1:])]  # R gives its row names no header
    while widths == {width} and width > 1 and not any(cells[width - 1] for cells in records):
        records, width, widths = [cells[:-1] for cells in records], width - 1, {width - 1}
    if widths == {width} and width > 1 and (not records[0][0] or re.fullmatch(r"Unnamed: \d+", records[0][0])):
        return [cells[1:] for cells in records]
    return records


def counted(cells: list[str]) -> bool:
    """Whether these are the numbers of rows, from 0 or 1 on."""
    return cells in ([str(number + first) for number in range(len(cells))] for first in (0, 1))


def _check_shape(path: Path, names: list[str], rows: list[list[str]], lines: list[int]) -> None:
    twice = repeated(names)
    if "" in names:
        raise FileError(f"{path}: column {names.index('') + 1} has no name")
    if twice:
        raise FileError(f"{path}: two columns are named {twice[0]}")
    for line, cells in zip(lines, rows):
        if len(cells) != len(names):
            hint = "; a decimal comma between commas? write 0.5" if len(cells) in (len(names) + 1, 2 * len(names)) else ""
            raise FileError(f"{path}: line {line}: has {_count(len(cells), 'value')} under {_count(len(names), 'name')}{hint}")


def _decimal_comma(path: Path, rows: list[list[str]], lines: list[int], separator: str) -> bool:
    """Whether numbers have a decimal comma; FileError where that cannot be told."""
    commas = [(line, cell) for line, cells in zip(lines, rows) for cell in cells if _COMMA.fullmatch(cell)]
    points = next(
        ((line, c) for line, cells in zip(lines, rows) for c in cells if "." in c and _NUMBER.fullmatch(c)), None
    ) if commas else None  # fmt: skip
    if points:
        (line, cell), (other, point) = commas[0], points
        raise FileError(f"{path}: line {line}: found {cell}, but {point} in line {other}: decimal commas or decimal points?")
    if separator != ";" and commas and all(_ONE_THOUSAND.fullmatch(cell) for _, cell in commas):
        line, cell = commas[0]
        whole, part = cell.split(",")
        raise FileError(f"{path}: line {line}: found {cell}; is {whole}{part} meant, or {whole}.{part}? write it so")
    return bool(commas)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _kept(rows: list[list[str]], indices: list[int]) -> tuple[list[str], list[list[str]]]:
    names, *others = [[cells[index] for index in indices] for cells in rows]
    return names, others
