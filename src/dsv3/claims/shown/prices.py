"""What bears on statements about the prices of APIs."""

from dsv3 import calculators, economics, prices
from dsv3.economics import TokenRates

LIST, PROMOTION, TOGETHER = "DeepSeek, list price", "DeepSeek, promotion", "Together"


def _rival(name: str) -> TokenRates:
    return economics.rates(economics.rival_offers()[name])


def _offer(name: str) -> TokenRates:
    return economics.rates(economics.v3_offers()[name])


def _ratio(rival: str, offer: str = LIST) -> float:
    """Return the ratio of prices for three tokens in and one out, none cached."""
    return float(calculators.api_price(rival=rival, offer=offer).price_ratio)


def lowest_gpt_4o_ratio() -> float:
    """Price of GPT-4o over V3's list price at the mix where that is smallest."""
    return economics.ratio_range(_rival("GPT-4o"), _offer(LIST)).lowest_ratio


def lowest_claude_ratio() -> float:
    """Price of Claude 3.5 Sonnet over V3's list price where that is smallest."""
    return economics.ratio_range(_rival("Claude 3.5 Sonnet"), _offer(LIST)).lowest_ratio


def gpt_4o_ratio() -> float:
    """Price of GPT-4o over DeepSeek's list price, three tokens in and one out."""
    return _ratio("GPT-4o")


def claude_ratio() -> float:
    """Price of Claude 3.5 Sonnet over DeepSeek's list price, three in and one out."""
    return _ratio("Claude 3.5 Sonnet")


def gemini_ratio() -> float:
    """Price of Gemini 1.5 Pro over DeepSeek's list price, three in and one out."""
    return _ratio("Gemini 1.5 Pro")


def gpt_4o_mini_ratio() -> float:
    """Price of GPT-4o mini over DeepSeek's list price, three in and one out."""
    return _ratio("GPT-4o mini")


def gpt_4o_promotion_ratio() -> float:
    """Price of GPT-4o over DeepSeek's launch promotion, three in and one out."""
    return _ratio("GPT-4o", PROMOTION)


def gpt_4o_together_ratio() -> float:
    """Price of GPT-4o over V3 at a host in the United States, three in and one out."""
    return _ratio("GPT-4o", TOGETHER)


def list_price_margin() -> float:
    """Income over cost, less 1, of the published day at V3's list price."""
    return economics.theoretical_day(_offer(LIST)).margin_share


def rise_of_september_2025() -> float:
    """Price of the published day's mix after the rise of September 2025 over before."""
    after = prices.token_price("DeepSeek-V3.1", host="DeepSeek", on="2025-09-10")
    mix = economics.published_day_mix()
    paid = economics.blended_usd_per_million_tokens(economics.rates(after), mix)
    before = economics.blended_usd_per_million_tokens(_offer(LIST), mix)
    return float(paid) / float(before)
