"""The matrix of traffic says every entry, and frames those between nodes."""

import re
from typing import Any

from dsv3.figures import traffic

WORDS: Any = {
    "caption": "Two hops spare the network.",
    "alternative": "Two matrices of four ranks, fuller on the left than on the right.",
    "source": "Computed.",
}
FULL = [[0, 1000, 2000, 3000], [4000, 0, 5000, 6000], [0, 0, 0, 0], [0, 0, 0, 0]]
SPARSE = [[0, 0, 9000, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 12_345_000, 0]]


def drawn() -> str:
    return traffic(
        {"straight": FULL, "two hops": SPARSE}, ranks_per_node=2, **WORDS
    ).svg


def test_every_entry_says_its_kilobytes() -> None:
    for words in ("1", "2", "6", "9", "12,345", "straight", "two hops"):
        assert f">{words}</text>" in drawn()


def test_entries_between_nodes_are_framed_and_no_others() -> None:
    frames = re.findall(r"fill: none; stroke: var\(--ex-network", drawn())
    between = 4 + 1
    assert len(frames) == between
    filled = re.findall(r"fill: var\(--ex-(network|compute)", drawn())
    assert filled.count("network") == between
    assert filled.count("compute") == 2 + 1


def test_more_bytes_are_drawn_stronger() -> None:
    strengths = [float(found) for found in re.findall(r"opacity: ([\d.]+)", drawn())]
    assert max(strengths) == strengths[-1] > strengths[0]
