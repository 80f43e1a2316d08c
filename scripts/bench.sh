#!/bin/sh
# Compares concurrencyvet with go vet on modules of the corpus: CPU seconds (user
# and system, all processes), wall seconds, and the memory of the largest process.
#
#	scripts/bench.sh [module...]      by default: raft nats-server client-go
#
# COLD: the dependencies are compiled, and no result of the tool itself is
# cached. Neither gets an emptied cache, in which compiling would outweigh all.
# The go command keeps a tool's results by the tool's content and its flags, so
# ours is linked anew with another build ID, and go vet gets another value of
# a flag that changes nothing (-printf.funcs, the names of further print
# functions). Both then analyse every package again, those of the standard library
# and of all dependencies included, for the sake of the facts.
# WARM: the same command once more.
#
# Each figure is the least of RUNS runs (3), the two tools taking turns. FLAGS
# are the flags given to concurrencyvet, none by default: the default checks.
set -eu

cd "$(dirname "$0")/.."
runs=${RUNS:-3}
[ $# -gt 0 ] || set -- raft nats-server client-go

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
go build -o "$tmp/corpus" ./internal/corpus
go build -o "$tmp/measure" ./scripts/measure
for module; do
	"$tmp/corpus" -list "$module" >"$tmp/packages.$module"
done

# The platform of the corpus.
export GOOS=linux GOARCH=amd64 CGO_ENABLED=0 GOWORK=off
nonce=$(date +%s)

# tool CONTENT: build concurrencyvet with a build ID that says its content is CONTENT (of
# 20 characters), for this machine.
tool() {
	env -u GOOS -u GOARCH -u CGO_ENABLED go build -buildvcs=false -ldflags "-buildid=$1/$1/$1/$1" \
		-o "$tmp/concurrencyvet" ./cmd/concurrencyvet
}

# measure NAME COMMAND...: run it in the corpus, add a line to the results.
measure() {
	name=$1
	shift
	(cd testdata/corpus && "$tmp/measure" "$@") >"$tmp/line"
	echo "$name $(cat "$tmp/line")" >>"$tmp/results"
}

# report MODULE: the table of one module, from the results.
report() {
	awk -v module="$1" -v packages="$(wc -l <"$tmp/packages.$1")" '
	{
		for (i = 2; i <= 4; i++)
			if (!(($1, i) in least) || $i < least[$1, i]) least[$1, i] = $i
	}
	function line(name, what) {
		printf "%-12s %9.2f s %9.2f s %8d MB\n", what, least[name, 2], least[name, 3], least[name, 4]
	}
	function ratio(a, b, what) {
		printf "%-12s %9.2f x %9.2f x %8.2f x\n", what, least[a, 2] / least[b, 2], least[a, 3] / least[b, 3], least[a, 4] / least[b, 4]
	}
	END {
		printf "%s, %d packages\n%-12s %11s %11s %11s\n", module, packages, "", "CPU", "wall", "peak"
		line("vetcold", "go vet cold"); line("ourcold", "ours cold"); ratio("ourcold", "vetcold", "ratio")
		line("vetwarm", "go vet warm"); line("ourwarm", "ours warm"); ratio("ourwarm", "vetwarm", "ratio")
		print ""
	}' "$tmp/results"
}

for module; do
	packages=$(cat "$tmp/packages.$module")
	: >"$tmp/results"
	(cd testdata/corpus && go vet $packages >"$tmp/log" 2>&1) || true # compiles what is to be imported
	run=0
	while [ $run -lt "$runs" ]; do
		run=$((run + 1))
		nonce=$((nonce + 1))
		tool "bench-----$nonce"
		measure vetcold go vet "-printf.funcs=bench$nonce" $packages
		measure ourcold "$tmp/concurrencyvet" ${FLAGS:-} $packages
		measure vetwarm go vet "-printf.funcs=bench$nonce" $packages
		measure ourwarm "$tmp/concurrencyvet" ${FLAGS:-} $packages
	done
	report "$module"
done
