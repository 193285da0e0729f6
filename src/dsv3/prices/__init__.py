"""Dated prices: GPU-hours to rent, servers to buy, and tokens of an API.

What was asked, by whom, from which day to which, each price with its source; nothing
here multiplies a price by anything.
"""

from dsv3.prices.chips import (
    PurchasePrice,
    RentalKind,
    RentalPrice,
    purchase_prices,
    rental_price,
    rental_prices,
)
from dsv3.prices.tokens import (
    Dating,
    Tariff,
    TokenPrice,
    read_token_prices,
    rival_prices,
    token_price,
    token_prices,
)

__all__ = [
    "Dating",
    "PurchasePrice",
    "RentalKind",
    "RentalPrice",
    "Tariff",
    "TokenPrice",
    "purchase_prices",
    "read_token_prices",
    "rental_price",
    "rental_prices",
    "rival_prices",
    "token_price",
    "token_prices",
]
