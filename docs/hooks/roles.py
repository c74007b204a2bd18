"""Sphinx roles in docstrings as Markdown: a link to what is meant, or its name as code where the site does not show it."""

import re

import griffe

#: A role and its target, such as :mod:`runs.results`.
ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):`(~?)([\w.]+)`")


class Roles(griffe.Extension):
    """Rewrites the docstrings of a package once all of it is read, so that any name in it can be looked up."""

    def on_package(self, *, pkg: griffe.Module, **_) -> None:
        """Rewrite the docstrings of a package."""
        _rewrite(pkg)


def _rewrite(thing: griffe.Object) -> None:
    if thing.docstring:
        thing.docstring.value = as_markdown(thing.docstring.value, thing)
    for member in thing.members.values():
        if not member.is_alias:
            _rewrite(member)


def as_markdown(text: str, place: griffe.Object) -> str:
    """``text`` with its roles as optional cross-references, which are left as code where nothing answers to them."""

    def link(found: re.Match) -> str:
        short, target = found.groups()
        shown = target.rpartition(".")[2] if short else target
        return f'<autoref optional identifier="{path(target, place)}">`{shown}`</autoref>'

    return ROLE.sub(link, text)


def path(target: str, place: griffe.Object) -> str:
    """The full path of what a docstring at ``place`` calls ``target``; the target itself where no such name is in sight."""
    first, *rest = target.split(".")
    try:
        return ".".join([place.resolve(first), *rest])
    except griffe.NameResolutionError:
        return target
