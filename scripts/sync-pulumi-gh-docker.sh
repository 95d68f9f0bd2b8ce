#!/usr/bin/env bash
# Put the Docker Hub credential from Pulumi config where Amazon ECR's pull-through cache and GitHub Actions read it.
#
#   ./scripts/sync-pulumi-gh-docker.sh             write what differs
#   ./scripts/sync-pulumi-gh-docker.sh --dry-run   show what would change
#
# It does what `pullthrough sync` does at the root of the repository it stands in, from wherever it is started: a
# relative path among the arguments counts from there. The token never passes through this script.
set -euo pipefail

script="$(readlink -f -- "${BASH_SOURCE[0]}")"
cd -- "$(dirname -- "$script")/.."

# Installed for the Pulumi program, for the repository, or for a workspace around it: where npx would look. npx itself
# asks the registry for what it does not find, and what it gets there could be anybody's package.
directory="$PWD/infrastructure"
while [[ $directory != / ]]; do
  program="$directory/node_modules/.bin/pullthrough"
  if [[ -x $program ]]; then
    exec "$program" sync "$@"
  fi
  directory="$(dirname -- "$directory")"
done

# pullthrough's own repository.
if [[ -f bin/pullthrough.js && -d src/cli ]]; then
  if [[ ! -f dist/cli/main.js ]]; then
    echo "pullthrough: error: pullthrough is not built in $PWD" >&2
    echo "pullthrough: hint: run: npm ci && npm run build" >&2
    exit 1
  fi
  exec node bin/pullthrough.js sync "$@"
fi

# Installed for the whole machine.
if command -v pullthrough >/dev/null; then
  exec pullthrough sync "$@"
fi

echo "pullthrough: error: pullthrough is not installed for $PWD" >&2
echo "pullthrough: hint: install it into this repository, see the README of pullthrough: Use it" >&2
exit 1
