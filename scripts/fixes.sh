#!/bin/sh
# Applies the fixes that the suite offers to modules of the corpus, and sees that what
# is left compiles. The modules are copied; nothing else is changed.
#
#	scripts/fixes.sh [module...]      by default: a few with findings that have fixes
#
# FLAGS are the flags given to concurrencyvet, -all by default. For each module the
# number of the changed files is printed, and the status is 1 if one does not compile.
set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- yamux ants memberlist serf jsonrpc2 goleveldb kafka-go

tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
go build -o "$tmp/concurrencyvet" ./cmd/concurrencyvet
go build -o "$tmp/corpus" ./internal/corpus

export GOWORK=off CGO_ENABLED=0 GOFLAGS=-mod=mod
status=0
for module; do
	package=$("$tmp/corpus" -list "$module" | head -n 1)
	dir=$(cd testdata/corpus && GOFLAGS=-mod=readonly go list -f '{{.Module.Dir}}' "$package")
	cp -R "$dir" "$tmp/module"
	chmod -R u+w "$tmp/module"
	cp -R "$tmp/module" "$tmp/fixed"
	cd "$tmp/fixed"
	# Its own status says that there were findings.
	"$tmp/concurrencyvet" ${FLAGS:--all} -fix ./... >"$tmp/findings" 2>&1 || true
	changed=$(diff -rq "$tmp/module" "$tmp/fixed" | grep -c '\.go ' || true)
	if go vet -vettool="$tmp/concurrencyvet" -badignore ./... >"$tmp/compiled" 2>&1; then
		echo "$module: $changed files fixed"
	else
		echo "$module: $changed files fixed, does not compile:"
		cat "$tmp/compiled"
		status=1
	fi
	cd - >/dev/null
	rm -rf "$tmp/module" "$tmp/fixed"
done
exit $status
