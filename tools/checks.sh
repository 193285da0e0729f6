#!/usr/bin/env bash
# Every check, in the order of what is cheapest to learn; stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

stage() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '   %s took %d s\n' "$name" "$((SECONDS - start))"
}

stage "lint" "$bin/ruff" check .
stage "format" "$bin/ruff" format --check .
stage "types" "$bin/mypy"
stage "floors" "$bin/lint-imports"
stage "unit tests" "$bin/pytest" -q -n 2 tests --ignore=tests/site
stage "doctests" "$bin/pytest" -q --doctest-modules src book/_ext
stage "notebooks" "$bin/pytest" -q --nbval-lax --nbval-current-env \
  --nbval-cell-timeout=60 -n 2 --dist loadfile book
rm -rf _build
stage "book" "$bin/jupyter-book" build . --all -W -n --keep-going
stage "site" "$bin/pytest" -q -n 2 --dist loadgroup tests/site
