"""A table in Markdown."""


def table(head: str, rows) -> list[str]:
    """Lines of a table; ``head`` has the columns' names with commas between."""
    lines = (head.split(", "), ["---"] * len(head.split(", ")), *rows)
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines] + [""]
