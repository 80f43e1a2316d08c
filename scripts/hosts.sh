#!/bin/sh
# The gate of the files by which code hosts and other programs use concurrencyvet: checks
# action.yml and the workflows in the documentation with actionlint, the configuration
# of GoReleaser with GoReleaser's own reader, and the files for GitLab, pre-commit and
# Docker as far as it can be done here. Then it does what the action does.
#
#	scripts/hosts.sh [concurrencyvet]     by default it is built
set -eu

cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tool=${1:-}
if [ -z "$tool" ]; then
	tool=$tmp/concurrencyvet
	go build -o "$tool" ./cmd/concurrencyvet
fi
case $tool in
/*) ;;
*) tool=$PWD/$tool ;;
esac
(cd testdata/hosts && go run . -tool "$tool")
echo "hosts: the files for hosts are as they are meant"
