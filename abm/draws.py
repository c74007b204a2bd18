"""Chance as a pure function of (seed, step, nation, stream, k): the counter-based generator Philox4x32-10.

There is no generator object and no order of drawing: the same five numbers give the same draw in every engine, thread
and chunk, and two scenarios share their noise wherever they face the same question (common random numbers).

Source: [Salmon2011] J. Salmon et al., Parallel random numbers: as easy as 1, 2, 3.
"""

import math

import numpy as np

from abm.compiled import inline_rule, rule

#: First draw of each stream within the draws of one nation in one step; ``k`` counts on from there. Streams that most
#: nations ask for in every step stand together, since four draws come from one block of the generator.
STREAMS = {
    "review": 0,  # does the nation review its stance?
    "cut": 1,  # k = vendor: is it cut off? (in one block with the review, as long as there are at most three)
    "order": 16,  # place among the reviewing nations
    "convene": 17,  # does it convene?
    "invite": 18,  # the row from which on it looks for partners
    "renewal": 19,  # are its tastes drawn anew?
    "cut_duration": 20,  # k = vendor
    "taste": 40,  # k = option: its taste, drawn anew
    "first_taste": 60,  # k = option: its taste at the start, given what it chose
    "tension": 80,  # k = 0, 1: of the world, nation 0
    "outage": 84,  # k = vendor: of the world, nation 0
}
#: Vendors that the streams have room for.
MOST_VENDORS = 15
REVIEW, CUT, ORDER = STREAMS["review"], STREAMS["cut"], STREAMS["order"]
CONVENE, INVITE, RENEWAL, CUT_DURATION = (STREAMS[name] for name in ("convene", "invite", "renewal", "cut_duration"))
TASTE, FIRST_TASTE = STREAMS["taste"], STREAMS["first_taste"]
TENSION, OUTAGE = STREAMS["tension"], STREAMS["outage"]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)


@inline_rule
def philox(c0, c1, c2, c3, k0, k1):
    """Four 32-bit words (as uint64) from a 128-bit counter and a 64-bit key, given as 32-bit words in uint64."""
    for _ in range(10):
        left, right = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (right >> _32) ^ c1 ^ k0, right & _LOW, (left >> _32) ^ c3 ^ k1, left & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inline_rule
def _between(word):
    """A 32-bit word as a number in (0, 1)."""
    return (float(word) + 0.5) * 2.0**-32


@inline_rule
def block_of_draws(seed, step, nation, block):
    """Four draws in (0, 1), numbers 4 * ``block`` on, of a nation in a step."""
    seed = np.uint64(seed)
    w0, w1, w2, w3 = philox(
        np.uint64(step), np.uint64(nation), np.uint64(block), np.uint64(0), seed & _LOW, seed >> _32
    )
    return _between(w0), _between(w1), _between(w2), _between(w3)


@rule
def uniform(seed, step, nation, draw):
    """A number in (0, 1), never 0 or 1, of 32-bit resolution; ``draw`` is a stream's first draw plus k."""
    u0, u1, u2, u3 = block_of_draws(seed, step, nation, draw // 4)
    lane = draw % 4
    return u0 if lane == 0 else u1 if lane == 1 else u2 if lane == 2 else u3


@inline_rule
def draw_row(seed, step, nation, first, out):
    """Fill ``out`` with a nation's draws ``first`` on in a step, a block of four at a time; ``first`` is a multiple of four."""
    for index in range(0, out.size, 4):
        four = block_of_draws(seed, step, nation, (first + index) // 4)
        for lane in range(min(4, out.size - index)):
            out[index + lane] = four[lane]


@rule
def gumbel(chance):
    """The standard Gumbel draw (mode 0) of a uniform one: payoff plus a taste of this law makes choice logit [McFadden1974]."""
    return -math.log(-math.log(chance))


@rule
def normal(seed, step, nation, draw):
    """A standard normal draw by Box and Muller from draws ``draw`` and ``draw + 1``."""
    radius = math.sqrt(-2.0 * math.log(uniform(seed, step, nation, draw)))
    return radius * math.cos(2.0 * math.pi * uniform(seed, step, nation, draw + 1))
