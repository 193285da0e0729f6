"""How a vocabulary grows out of bytes: the most frequent pair becomes a token.

Byte-pair encoding in its plainest form: learning merges from a text, and spelling a
text with them. DeepSeek-V3's own tokenizer has over a hundred thousand tokens, and
first cuts text into words, which this does not.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise

from explorables.arithmetic import require

BYTES = 256
"""Tokens before any merge: one for each byte."""

Merge = tuple[int, int]
"""Two tokens that become one."""


def learned_merges(text: bytes, merges: int) -> tuple[Merge, ...]:
    """Learn the merges that shorten a text, the most frequent pair first.

    The first becomes token 256, the next 257, and so on; of pairs that are as frequent,
    the one of the lower tokens comes first. Fewer are learned when no pair comes twice.

    Examples
    --------
    >>> merges = learned_merges(b"abcabcabc", 2)
    >>> [token_bytes(BYTES + n, merges) for n in range(2)]
    [b'ab', b'abc']
    """
    require("merges", merges, merges >= 0, "must be 0 or above")
    tokens, found = list(text), []
    for token in range(BYTES, BYTES + merges):
        counts = Counter(pairwise(tokens))
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[best] < 2:
            break
        found.append(best)
        tokens = _merged(tokens, best, token)
    return tuple(found)


def byte_pair_tokens(text: bytes, merges: Sequence[Merge]) -> list[int]:
    """Return a text as tokens: the merges done in the order they were learned.

    What no merge knows stays single bytes.

    Examples
    --------
    >>> byte_pair_tokens(b"cabs", [(97, 98)])
    [99, 256, 115]
    """
    tokens = list(text)
    for token, pair in enumerate(merges, start=BYTES):
        tokens = _merged(tokens, pair, token)
    return tokens


def token_bytes(token: int, merges: Sequence[Merge]) -> bytes:
    """Return the bytes that a token stands for.

    Examples
    --------
    >>> token_bytes(257, [(97, 98), (256, 256)])
    b'abab'
    """
    most = BYTES + len(merges) - 1
    require("token", token, 0 <= token <= most, f"must be from 0 to {most}")
    if token < BYTES:
        return bytes([token])
    return b"".join(token_bytes(part, merges) for part in merges[token - BYTES])


def token_end_share(
    text: bytes, merges: Sequence[Merge], *, before: bytes, after: bytes
) -> float:
    """Return how often a token ends between two pieces where they meet in a text.

    Meetings with a token's end in between, over all; there must be one. A prompt that
    stops there ends with a token that the text seldom has in this place, if the share
    is low.

    Examples
    --------
    >>> merges = [(97, 98)]
    >>> token_end_share(b"ab ab cb", merges, before=b"b", after=b" ")
    1.0
    >>> token_end_share(b"ab ab cb", merges, before=b"a", after=b"b")
    0.0
    """
    joint, places = before + after, []
    place = text.find(joint)
    while place >= 0:
        places.append(place + len(before))
        place = text.find(joint, place + 1)
    rule = "must meet in the text at least once"
    require("before and after", (before, after), len(places) > 0, rule)
    lengths = (
        len(token_bytes(token, merges)) for token in byte_pair_tokens(text, merges)
    )
    ends = set(accumulate(lengths))
    return sum(end in ends for end in places) / len(places)


def _merged(tokens: Sequence[int], pair: Merge, token: int) -> list[int]:
    """Return the tokens with a pair replaced, from left to right."""
    first, second = pair
    made: list[int] = []
    place, last = 0, len(tokens) - 1
    while place <= last:
        if place < last and tokens[place] == first and tokens[place + 1] == second:
            made.append(token)
            place += 2
        else:
            made.append(tokens[place])
            place += 1
    return made
