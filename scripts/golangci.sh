#!/bin/sh
# The gate of golangci-lint: builds it with our checks in it, and runs it on a
# fixture of two packages: the findings, of which one needs a fact of the other
# package; nolint directives; --fix; settings, and that a wrong one is refused.
# Then it runs the same binary on this module, with its own .golangci.yml.
#
#	scripts/golangci.sh [-update]
#
# -update writes what is printed as what is expected. KEEP=FILE keeps the binary.
set -eu

cd "$(dirname "$0")/.."
root=$PWD
fixture=$root/testdata/golangci/fixture
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
lint=${KEEP:-$tmp/golangci-lint}
(cd testdata/golangci && go build -buildvcs=false -o "$lint" .)

fail() {
	echo "golangci: $*" >&2
	exit 1
}

# expect STATUS NAME ARGUMENT...: run golangci-lint in the copy of the fixture;
# it must exit with the status and print what NAME.want holds.
expect() {
	status=$1
	name=$2
	shift 2
	got=0
	(cd "$tmp/fixture" && GOLANGCI_LINT_CACHE="$tmp/cache" "$lint" run "$@" ./...) >"$tmp/$name" 2>&1 || got=$?
	[ "$got" = "$status" ] || fail "$name: exit status $got, want $status: $(cat "$tmp/$name")"
	if [ "$update" ]; then
		cp "$tmp/$name" "$fixture/$name.want"
	fi
	diff -u "$fixture/$name.want" "$tmp/$name" || fail "$name: another output than expected"
}

update=
[ "${1:-}" != -update ] || update=1
cp -R "$fixture" "$tmp/fixture"
expect 1 checks -c checks.yml
expect 1 suite -c suite.yml
expect 3 wrong -c wrong.yml
expect 1 fixed -c checks.yml --fix
if [ "$update" ]; then
	cp "$tmp/fixture/app/app.go" "$fixture/app/app.go.golden"
fi
diff -u "$fixture/app/app.go.golden" "$tmp/fixture/app/app.go" || fail "--fix made another file than expected"
(cd "$tmp/fixture" && go build ./...) || fail "the fixed file does not compile"
echo "golangci: findings, facts, nolint, --fix and settings are as expected"

"$lint" run ./...
