"""Docstrings as Markdown: a Sphinx role becomes a link to what is meant, or its name as code where the site does not show it."""

import ast
import re

import griffe

#: A role and its target, such as :mod:`runs.results`.
ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`(~?)([\w.]+)`")
#: Examples with prompts, which would be quotations at the margin.
EXAMPLES = re.compile(r"^>>> .*(?:\n.+)*", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Rewrites the docstrings of a package once all of it is read, so that any name in it can be looked up."""

    def on_package(self, *, pkg: griffe.Module, **_) -> None:
        """Rewrite the docstrings of a package."""
        _rewrite(pkg)


def _rewrite(thing: griffe.Object) -> None:
    if thing.docstring:
        thing.docstring.value = as_markdown(said(thing.docstring), thing)
    for member in thing.members.values():
        if not member.is_alias:
            _rewrite(member)


def said(docstring: griffe.Docstring) -> str:
    """The text; a module's as it stands, since a first line and an indented example alone would lose their difference."""
    return ast.literal_eval(docstring.source).strip() if docstring.parent.is_module else docstring.value


def as_markdown(text: str, place: griffe.Object) -> str:
    """The docstring of ``place``; its roles are optional cross-references, which stay code where nothing answers to them."""

    def link(found: re.Match) -> str:
        short, target = found.groups()
        shown = target.rpartition(".")[2] if short else target
        return f'<autoref optional identifier="{path(target, place)}">`{shown}`</autoref>'

    return EXAMPLES.sub(r"```pycon\n\g<0>\n```", ROLE.sub(link, text))


def path(target: str, place: griffe.Object) -> str:
    """The full path of what a docstring at ``place`` calls ``target``; the target itself where no such name is in sight."""
    first, *rest = target.split(".")
    try:
        return ".".join([place.resolve(first), *rest])
    except griffe.NameResolutionError:
        return target
