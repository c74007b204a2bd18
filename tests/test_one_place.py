"""What has one place in the code stands in no other."""

import re

import numpy as np
import pytest

from abm import options
from abm.attributes import LONE
from tests import worlds
from tests.untouched import FILES, ROOT

#: A way to write something -> the files that may.
PLACES = {
    r"difflib": {"abm/words.py", "abm/countries.py"},  # what was meant; codes of nations show the nation's name beside it
    r"vendor\w*(\(\))?\)? *[+-] *[234]\b|vendor_compute\.size *[+-]": {"abm/options.py"},  # which source is which option
    r"[\"']--[a-z]+ ?\{": {"abm/words.py", "analysis/commands", "runs/commands"},  # an option of the command line in a sentence
}


@pytest.mark.parametrize("pattern", PLACES)
def test_it_stands_there_alone(pattern):
    found = {path.relative_to(ROOT).as_posix() for path in FILES if re.search(pattern, path.read_text("utf-8"))}
    assert [file for file in sorted(found) if not any(file.startswith(place) for place in PLACES[pattern])] == []
    assert any(file.startswith(place) for file in found for place in PLACES[pattern])


@pytest.mark.parametrize("vendors", [("us",), ("us", "china"), ("us", "china", "eu", "gulf")])
def test_python_and_the_rules_know_the_same_options(vendors):
    """By the table, by position, and as the compiled rules ask for them."""
    table = options.table(vendors)
    assert [option.name for option in table] == [*vendors, *LONE, "coalition"] == list(options.names(vendors))
    assert [option.vendor for option in table] == [True] * len(vendors) + [False] * (len(LONE) + 1)
    labels = options.source_names(vendors)
    sources = np.arange(len(labels))
    named = [options.names(vendors)[place] for place in options.of_source(sources, vendors)]
    assert named == [label.split()[0] for label in labels]
    assert options.in_coalition(sources, vendors).tolist() == [label.startswith("coalition") for label in labels]


def test_the_rules_ask_the_same_of_an_option():
    world = worlds.plain(4).world()
    sources = range(len(options.source_names(world.vendors)))
    assert [bool(options.builds(world.record, source)) for source in sources] == options.trains(sources, world.vendors).tolist()
    assert options.first_coalition(world.record) == options.first_slot(world.vendors)
    names = options.names(world.vendors)
    assert (names[options.self_build(world.record)], names[options.hold_back(world.record)]) == ("self_build", "hold_back")
    founded = np.arange(10, 18)
    assert options.serial([0, 3, 4, 6], founded, ("us", "china")).tolist() == [0, 0, 10, 12]
