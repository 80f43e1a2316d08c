#!/bin/sh
# The gate of golangci-lint: builds it with our checks in it, and runs it on a
# fixture of two packages: the findings, of which one needs a fact of the other
# package; nolint directives; --fix; settings, and that a wrong one is refused.
# It follows a pull request that adds a fault on a line of its own and one in a file
# that it does not touch. Then it runs the same binary on this module, with its own .golangci.yml.
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

# The pull request: what golangci-lint shows of it, and what the command does.
pull=$root/testdata/golangci/pullrequest
vet=$tmp/concurrencyvet
go build -buildvcs=false -o "$vet" ./cmd/concurrencyvet
repo=$tmp/pull
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
	GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com

# commit NAME: commit all there is in the repository to a new branch.
commit() {
	git -C "$repo" checkout -q -b "$1"
	git -C "$repo" add -A
	git -C "$repo" commit -q -m "$1"
}

# shows STATUS NAME COMMAND...: run a command in the repository; it must exit with
# the status and print what NAME.want holds.
shows() {
	status=$1
	name=$2
	shift 2
	got=0
	(cd "$repo" && GOWORK=off GOLANGCI_LINT_CACHE="$tmp/cache" "$@" ./...) >"$tmp/$name" 2>&1 || got=$?
	[ "$got" = "$status" ] || fail "$name: exit status $got, want $status: $(cat "$tmp/$name")"
	if [ "$update" ]; then
		cp "$tmp/$name" "$pull/$name.want"
	fi
	diff -u "$pull/$name.want" "$tmp/$name" || fail "$name: another output than expected"
}

lint_run="$lint run -c golangci.yml"
cp -R "$pull/base" "$repo"
git init -q "$repo"
commit main
(cd "$repo" && "$vet" -lockleak -doublelock -baseline "$tmp/baseline" -write-baseline ./...)
cp -R "$pull/branch/." "$repo"
commit branch
shows 1 all $lint_run
shows 1 lines $lint_run --new-from-rev main
shows 1 files $lint_run --new-from-merge-base main --whole-files
shows 1 new "$vet" -lockleak -doublelock -new-from main
shows 1 new "$vet" -lockleak -doublelock -baseline "$tmp/baseline"

# golangci-lint has no baseline, but heeds directives for what is known.
git -C "$repo" checkout -q main
(cd "$repo" && "$vet" -lockleak -doublelock -add-ignores "known before" ./...)
commit ignored
shows 0 known $lint_run
git -C "$repo" checkout -q branch
git -C "$repo" merge -q --no-edit ignored >/dev/null
shows 1 unknown $lint_run
echo "golangci: of a pull request it shows what is expected"

"$lint" run ./...
