"""Tests of one group run in one process, one after the other, and make once what they share."""

import pytest


@pytest.mark.xdist_group("together")
def test_a_test_is_handed_out_by_the_name_of_its_group(request):
    """Where pytest and xdist no longer agree on it nothing fails: each process makes everything, and all takes minutes longer."""
    by_group = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@together") == by_group
