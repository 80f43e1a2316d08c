#!/bin/sh
# Builds golangci-lint with the checks by its own command "custom" and the
# .custom-gcl.yml of README.md, and lets it find something. The command clones
# golangci-lint from where it is developed: instead, it is given a repository made of
# the module, so that the module proxy is enough. In place of the latest version of the
# checks it takes these here.
#
#	scripts/custom.sh
set -eu

cd "$(dirname "$0")/.."
root=$PWD
tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT

# The first block of YAML in README.md that has plugins.
awk '/^```yaml/ { block = ""; on = 1; next } /^```/ { if (on && block ~ /plugins:/) { printf "%s", block; exit } on = 0 } on { block = block $0 "\n" }' \
	README.md >"$tmp/readme.yml"
sed "s#^\( *\)version: latest#\1path: $root#" "$tmp/readme.yml" >"$tmp/.custom-gcl.yml"
version=$(sed -n 's/^version: //p' "$tmp/.custom-gcl.yml")

(cd testdata/golangci && go mod download "github.com/golangci/golangci-lint/v2@$version")
cp -R "$(go env GOMODCACHE)/github.com/golangci/golangci-lint/v2@$version" "$tmp/golangci-lint"
chmod -R u+w "$tmp/golangci-lint"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
	GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
git init -q "$tmp/golangci-lint"
git -C "$tmp/golangci-lint" add -A
git -C "$tmp/golangci-lint" commit -q -m "$version"
git -C "$tmp/golangci-lint" tag "$version"
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.file://$tmp/golangci-lint.insteadOf" \
	GIT_CONFIG_VALUE_0=https://github.com/golangci/golangci-lint.git

(cd testdata/golangci && go build -buildvcs=false -o "$tmp/lint" .)
(cd "$tmp" && ./lint custom)
cp -R testdata/golangci/fixture "$tmp/fixture"
status=0
(cd "$tmp/fixture" && GOLANGCI_LINT_CACHE="$tmp/cache" "$tmp/custom-gcl" run -c checks.yml ./...) >"$tmp/out" 2>&1 || status=$?
if [ "$status" != 1 ] || ! diff -u testdata/golangci/fixture/checks.want "$tmp/out"; then
	echo "custom: the golangci-lint that it has built does not find what it should (exit status $status)" >&2
	exit 1
fi
echo "custom: golangci-lint custom builds one that finds what it should"
