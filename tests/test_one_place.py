"""What has one place in the code stands in no other."""

import re

import numpy as np
import pytest

from abm import options
from abm.outcomes.security import national_sovereignty
from abm.submodels import accounts
from abm.submodels.convening import status_quo_terms
from tests import worlds
from tests.untouched import FILES, ROOT
from tests.worlds import SLOT

#: A way to write something -> the files that may.
PLACES = {
    r"difflib": {"abm/words.py", "abm/countries.py"},  # what was meant; codes of nations show the nation's name beside it
    r"vendor\w*(\(\))?\)? *[+-] *[234]\b|vendor_compute\.size *[+-]": {"abm/options.py"},  # which source is which option
    r"[\"']--[a-z]+ ?\{": {"abm/words.py", "analysis/commands"},  # an option of the command line in a sentence
}


@pytest.mark.parametrize("pattern", PLACES)
def test_it_stands_there_alone(pattern):
    found = {path.relative_to(ROOT).as_posix() for path in FILES if re.search(pattern, path.read_text("utf-8"))}
    assert [file for file in sorted(found) if not any(file.startswith(place) for place in PLACES[pattern])] == []
    assert any(file.startswith(place) for file in found for place in PLACES[pattern])


@pytest.mark.uncompiled
@pytest.mark.parametrize("vendors", [("us",), ("us", "china"), ("us", "china", "eu", "gulf")])
def test_python_and_the_rules_know_the_same_options(vendors):
    """By the table, by position, and as the compiled rules ask for them."""
    table = options.table(vendors)
    assert [option.name for option in table] == list(options.names(vendors))
    assert options.names(vendors) == (*vendors, *(option.name for option in options.LONE), "coalition")
    assert [option.vendor for option in table] == [name in vendors for name in options.names(vendors)]
    labels = options.source_names(vendors)
    sources = np.arange(len(labels))
    named = [options.names(vendors)[place] for place in options.of_source(sources, vendors)]
    assert named == [label.split()[0] for label in labels]
    assert options.in_coalition(sources, vendors).tolist() == [label.startswith("coalition") for label in labels]


@pytest.mark.uncompiled
def test_the_rules_ask_the_same_of_an_option():
    world = worlds.plain(4).world()
    sources = range(len(options.source_names(world.vendors)))
    table = [options.table(world.vendors)[place] for place in options.of_source(np.array(sources), world.vendors)]
    for rule, flag in ((options.trains_own, "trains"), (options.rivals, "rival"), (options.own_source, "own_source")):
        assert [bool(rule(world.record, source)) for source in sources] == [getattr(option, flag) for option in table], flag
    kind = {**dict.fromkeys(options.LONE, options.ALONE), options.SHARED: options.COALITION}
    kinds = [kind.get(option, options.VENDOR) for option in table]
    assert [options.kind(world.record, source) for source in sources] == kinds
    assert options.trains(sources, world.vendors).tolist() == [option.trains for option in table]
    assert options.first_coalition(world.record) == options.first_slot(world.vendors)
    assert options.names(world.vendors)[options.self_build(world.record)] == "self_build"
    founded = np.arange(10, 18)
    assert options.serial([0, SLOT - 1, SLOT, SLOT + 2], founded, ("us", "china")).tolist() == [0, 0, 10, 12]


@pytest.mark.uncompiled
@pytest.mark.parametrize("wrong", [-1, 99])
def test_a_source_that_is_no_options_is_an_error(wrong):
    """Where a nation is weighed, accounted for or measured."""
    world = worlds.plain(4).world()
    world.record.source[0] = wrong
    for asks in (accounts.settle, status_quo_terms, national_sovereignty):
        with pytest.raises(ValueError, match="no option"):
            asks(world.record, 0)
