#!/bin/sh
# Applies the fixes that the suite offers to modules of the corpus, and sees that what
# is left compiles, with its tests, and that there is nothing left to fix. The modules
# are copied; nothing else is changed.
#
#	scripts/fixes.sh [module...]      by default: a few with findings that have fixes
#
# FLAGS are the flags given to concurrencyvet, -all by default. For each module the
# number of the changed files is printed, with the fixes that were not made. The status
# is 1 if a module does not compile, or if a second run proposes something.
set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- yamux ants memberlist serf jsonrpc2 goleveldb kafka-go

tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
go build -o "$tmp/concurrencyvet" ./cmd/concurrencyvet
go build -o "$tmp/corpus" ./internal/corpus

# compile compiles all packages and their tests, without linking these.
compile() {
	go list -test -export ./... >/dev/null 2>"$tmp/compiled"
}

export GOWORK=off CGO_ENABLED=0 GOFLAGS=-mod=mod
status=0
for module; do
	package=$("$tmp/corpus" -list "$module" | head -n 1)
	dir=$(cd testdata/corpus && GOFLAGS=-mod=readonly go list -f '{{.Module.Dir}}' "$package")
	cp -R "$dir" "$tmp/module"
	chmod -R u+w "$tmp/module"
	cp -R "$tmp/module" "$tmp/fixed"
	cd "$tmp/fixed"
	# Its own status is 3 where a package of the module does not compile by itself.
	"$tmp/concurrencyvet" ${FLAGS:--all} -fix ./... >"$tmp/said" 2>&1 || true
	changed=$(diff -rq "$tmp/module" "$tmp/fixed" | grep -c '\.go ' || true)
	echo "$module: $changed files fixed"
	grep ' is not fixed: ' "$tmp/said" || true
	if ! compile; then
		mv "$tmp/compiled" "$tmp/fixed.out"
		cd "$tmp/module"
		if compile || ! diff -q "$tmp/compiled" "$tmp/fixed.out" >/dev/null; then
			echo "$module: what is fixed does not compile:"
			cat "$tmp/fixed.out"
			status=1
		fi
		cd "$tmp/fixed"
	fi
	"$tmp/concurrencyvet" ${FLAGS:--all} -fix -diff ./... >"$tmp/again" 2>/dev/null || true
	if [ -s "$tmp/again" ]; then
		echo "$module: a second run proposes:"
		cat "$tmp/again"
		status=1
	fi
	cd - >/dev/null
	rm -rf "$tmp/module" "$tmp/fixed"
done
exit $status
