"""Look for known faults in the installed packages, and say how many were looked at.

A package that cannot be looked up is no package without faults: the check fails when
none was, and names those that were not.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

COMMAND = ("-m", "pip_audit", "--skip-editable", "--format", "json")


def verdict(packages: Sequence[Mapping[str, Any]]) -> tuple[str, bool]:
    """Return what was found, in lines, and whether all is well.

    Examples
    --------
    >>> verdict([{"name": "one", "version": "1", "vulns": []}])
    ('1 package looked up, 0 not, 0 with known faults', True)
    >>> print(verdict([{"name": "two", "skip_reason": "not found"}])[0])
    0 packages looked up, 1 not, 0 with known faults
      not looked up: two
    """
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    faulty = [package for package in packages if package.get("vulns")]
    number = len(packages) - len(skipped)
    plural = "" if number == 1 else "s"
    lines = [
        f"{number} package{plural} looked up, {len(skipped)} not, "
        f"{len(faulty)} with known faults"
    ]
    if skipped:
        lines.append(f"  not looked up: {', '.join(skipped)}")
    for package in faulty:
        ids = ", ".join(fault["id"] for fault in package["vulns"])
        lines.append(f"  {package['name']} {package['version']}: {ids}")
    return "\n".join(lines), number > len(skipped) and not faulty


def main() -> int:
    """Print the verdict; return 1 for faults, or when most was not looked up."""
    run = subprocess.run(
        [sys.executable, *COMMAND], capture_output=True, text=True, check=False
    )
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        sys.stderr.write(run.stderr)
        return 1
    text, well = verdict(packages)
    print(text)
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
