"""What bears on the article's statements, and is not a published figure to recompute.

Each function takes nothing and returns one number in base units. A row of
``data/article_claims.yaml`` names it by module and function, says what it must give,
and, where the article's words bound it, between what it must lie.
"""

ROOMS = ("cost", "model", "policy", "prices", "serving", "training")
"""Modules of this package."""
