"""A faithful small DeepSeek-V3 and the arithmetic of what it cost.

The rooms, from the ground up: ``quantities`` and ``arithmetic``; ``facts``;
``architecture``, ``hardware`` and ``prices``; ``accounting``; ``roofline``;
``training``; ``economics``; ``claims``; and the ink: ``explorables``,
``figures``, ``tables``, ``prose`` and ``cli``. Each room may import the rooms
before it, never those after.
"""

__version__ = "0.1.0"
