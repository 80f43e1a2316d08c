#!/bin/sh
# The gate of the shared build cache. One machine fills it, by scripts/cacheprog; another
# one, with an empty GOCACHE of its own and the module in another directory, must find
# there what it needs of the standard library, have the same findings, and never be shown
# a path of the first one. With -trimpath in GOFLAGS the go command would show these.
#
#	scripts/cache.sh [concurrencyvet]     by default it is built
#
# The standard library packages of the fixture are compiled: it takes a minute.
set -eu

cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tmp=$(cd "$tmp" && pwd -P)
mkdir "$tmp/bin"
if [ $# -gt 0 ]; then
	cp "$1" "$tmp/bin/concurrencyvet"
else
	go build -o "$tmp/bin/concurrencyvet" ./cmd/concurrencyvet
fi
go build -o "$tmp/bin/cacheprog" ./scripts/cacheprog

fail() {
	echo "cache: $*" >&2
	exit 1
}

# machine NAME CHECKOUT GOFLAGS: run the command in the checkout, as on a machine of its
# own. It leaves NAME.json, NAME.text and NAME.stats.
machine() {
	if [ ! -d "$tmp/$2" ]; then
		mkdir -p "$tmp/$2"
		cp -R testdata/golangci/fixture/go.mod testdata/golangci/fixture/app testdata/golangci/fixture/poll "$tmp/$2"
	fi
	for format in json text; do
		status=0
		(cd "$tmp/$2" && GOCACHE="$tmp/gocache-$1" GOFLAGS="$3" GOWORK=off CGO_ENABLED=0 \
			GOCACHEPROG="$tmp/bin/cacheprog -dir $tmp/shared -stats $tmp/$1.$format.stats" \
			"$tmp/bin/concurrencyvet" -format "$format" ./... >"$tmp/$1.$format" 2>"$tmp/$1.err") || status=$?
		[ $status = 1 ] || fail "$1: exit status $status: $(cat "$tmp/$1.err" "$tmp/$1.$format")"
	done
}

# hits NAME: what the first run of a machine asked the cache for, summed over the go
# commands that it started.
hits() { awk '{ h += $1; m += $3 } END { print h + 0, m + 0 }' "$tmp/$1.json.stats"; }

# same NAME CHECKOUT: a machine has the findings of the first, and paths of its own only.
same() {
	diff -u "$tmp/one.text" "$tmp/$1.text" || fail "$1 has other findings"
	grep -q "\"$tmp/$2/app/app.go:" "$tmp/$1.json" || fail "$1 does not show its own paths: $(cat "$tmp/$1.json")"
	paths=$(grep -o "$tmp/[^\"]*" "$tmp/$1.json" | grep -v "^$tmp/$2/" || true)
	[ -z "$paths" ] || fail "$1 shows $paths"
}

machine one home/one/src ""
same one home/one/src
[ "$(wc -l <"$tmp/one.text")" -gt 0 ] || fail "the fixture has no findings"

# Another directory: only the packages of the module are analysed again.
machine two home/two/src ""
same two home/two/src
set -- $(hits two)
echo "cache: another directory: $1 hits, $2 misses"
[ "$1" -gt $((10 * $2)) ] || fail "$1 hits and $2 misses in another directory"

# The same directory, as in containers: no package is. What the go command keeps of
# directories by the time of their files is asked for in vain.
machine three home/one/src ""
same three home/one/src
set -- $(hits three)
echo "cache: the same directory: $1 hits, $2 misses"
[ "$2" -le 2 ] || fail "$2 misses in the same directory"

# -trimpath, which makes what is cached the same for all directories.
machine four home/one/src -trimpath
same four home/one/src
machine five home/two/src -trimpath
same five home/two/src
set -- $(hits five)
echo "cache: another directory, -trimpath: $1 hits, $2 misses"
echo "cache: findings and paths are as expected"
