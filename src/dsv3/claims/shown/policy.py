"""What bears on statements about export controls and what followed the release."""

from datetime import date, timedelta

from dsv3 import policy
from dsv3.facts import fact

V3_RELEASED = date(2024, 12, 26)
"""Day on which the weights were put out."""

FOURTH_QUARTER = (date(2025, 10, 1), date(2025, 12, 31))
"""First and last day of the quarter that the article ends with."""

CLOUD_EVENTS = ("2025-05-13-diffusion", "2026-01-12-remote", "2026-05-31-guidance")
"""Events on record that bear on GPUs rented or placed abroad."""

UNITED_STATES = "United States"
CHIP = "H800 SXM"


def h800_open_days() -> float:
    """Days in which an H800 could go to China without licence or notice."""
    return float(sum(window.days for window in _windows()))


def h800_closed_days_before_v3() -> float:
    """Days from the end of that window to the release of DeepSeek-V3."""
    return float((V3_RELEASED - _windows()[-1].end_day).days)


def _windows() -> tuple[policy.Period, ...]:
    """Return the windows from the first day on which the chip was on sale."""
    on_sale = min(
        date.fromisoformat(one.day)
        for one in policy.recorded_history()
        if one.chip == CHIP
    )
    return tuple(
        policy.Period(
            first_day=max(on_sale, one.first_day),
            end_day=one.end_day,
            verdict=one.verdict,
        )
        for one in policy.sale_windows(CHIP)
        if one.end_day > on_sale
    )


def days_to_the_committee_report() -> float:
    """Days from the release to the report of a committee of the US House."""
    published = date.fromisoformat(fact("committee.nvidia_gpus").published)
    return float((published - V3_RELEASED).days)


def days_to_the_italian_block() -> float:
    """Days from the release to the order of the Italian data authority."""
    day = date.fromisoformat(fact("garante.block_day").value)  # type: ignore[arg-type]
    return float((day - V3_RELEASED).days)


def tighter_after_release_to_2025() -> float:
    """Acts of the United States that tightened, from the release to the end of 2025."""
    return float(len(_acts("tighter", V3_RELEASED, FOURTH_QUARTER[1])))


def tighter_in_the_fourth_quarter() -> float:
    """Acts of the United States that tightened in the fourth quarter of 2025."""
    return float(len(_acts("tighter", *FOURTH_QUARTER)))


def looser_in_the_fourth_quarter() -> float:
    """Acts of the United States that loosened in the fourth quarter of 2025."""
    return float(len(_acts("looser", *FOURTH_QUARTER)))


def cloud_limits_by_2025() -> float:
    """Acts on rented or distant GPUs in force by the end of 2025."""
    acts = _acts("tighter", V3_RELEASED, FOURTH_QUARTER[1])
    return float(sum(one.id in CLOUD_EVENTS for one in acts))


def cloud_limits_after_2025() -> float:
    """Acts on them since, a bill that passed one chamber among them."""
    until = FOURTH_QUARTER[1] + timedelta(days=1)
    return float(
        sum(
            one.id in CLOUD_EVENTS and one.first_day >= until for one in policy.events()
        )
    )


def _acts(direction: str, first: date, last: date) -> list[policy.Event]:
    return [
        one
        for one in policy.events()
        if one.who == UNITED_STATES
        and one.direction == direction
        and first <= one.first_day <= last
    ]


def events_after_release() -> float:
    """Events on record since the release, of any country and direction."""
    return float(len(_since_release()))


def chinese_acts_after_release() -> float:
    """Acts of China among them."""
    return float(sum(one.direction == "other side" for one in _since_release()))


def _since_release() -> list[policy.Event]:
    found = policy.events()
    return [one for one in found if one.first_day >= V3_RELEASED]


def rules_on_record() -> float:
    """Regulations and letters on record that set limits for chips."""
    return float(len(policy.rules()))


def h800s_seen() -> float:
    """H800s that DeepSeek is known to have used at once: the peak of its service."""
    nodes = fact("inference.nodes_peak").number
    return nodes * fact("v3.gpus_per_node").number
