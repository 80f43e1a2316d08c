#!/bin/sh
# Writes docs/overlap.md: at how many of the lines where the fixtures of our checks want a
# finding go vet, staticcheck and the linters of golangci-lint report something. It is no
# gate: run it when fixtures or versions have changed.
#
#	scripts/overlap.sh [golangci-lint]     by default it is built
set -eu

cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
lint=${1:-}
if [ -z "$lint" ]; then
	lint=$tmp/golangci-lint
	(cd testdata/golangci && go build -buildvcs=false -o "$lint" .)
fi
# Status 1 says that there are issues.
status=0
(cd testdata && GOWORK=off "$lint" run -c golangci/overlap.yml --allow-parallel-runners --show-stats=false \
	--path-mode abs --output.json.path="$tmp/issues.json" ./...) >"$tmp/log" 2>&1 || status=$?
[ $status = 1 ] || {
	cat "$tmp/log" >&2
	exit 1
}
sed "s|$PWD/testdata/||g" "$tmp/issues.json" >"$tmp/relative.json"
go run ./scripts/overlap "$tmp/relative.json" >"$tmp/overlap.md"
mv "$tmp/overlap.md" docs/overlap.md
