"""How even a load is, the fullest over the mean, and how even it could be at best."""

import numpy as np

from dsv3.load_balance.bin_packing import Floats, copied


def max_over_mean(loads_XN: Floats) -> Floats:
    """Return the largest of each row over the row's mean; 1 where all are 0.

    Examples
    --------
    >>> max_over_mean(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])).tolist()
    [1.5, 1.0]
    """
    means = loads_XN.mean(axis=1)
    some = means > 0
    return np.where(some, loads_XN.max(axis=1) / np.where(some, means, 1.0), 1.0)


def least_max_over_mean(loads_LE: Floats, *, replicas: int, gpus: int) -> Floats:
    """Return what no placement on so many slots (`replicas`) can beat, for each layer.

    The fullest GPU has at least the mean load, and at least the heaviest replica's
    load, which is smallest when each spare replica goes to the expert with the largest
    load per replica. Both are bounds for any placement in which the replicas of an
    expert share its load evenly; neither need be reached.

    Examples
    --------
    Ninety in three parts, with a mean of 75 on two GPUs: evenness is not ruled out.
    Without spare slots the 90 stay together.

    >>> loads = np.array([[90.0, 30.0, 20.0, 10.0]])
    >>> least_max_over_mean(loads, replicas=6, gpus=2).tolist()
    [1.0]
    >>> least_max_over_mean(loads, replicas=4, gpus=2).tolist()
    [1.2]
    """
    counts = copied(loads_LE, replicas)[1]
    heaviest = (loads_LE / counts).max(axis=1)
    means = loads_LE.sum(axis=1) / gpus
    some = means > 0
    return np.maximum(np.where(some, heaviest / np.where(some, means, 1.0), 1.0), 1.0)
