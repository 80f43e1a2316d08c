#!/bin/sh
# Has the SARIF of a fixture judged by the SARIF multitool, which knows more than the
# schema that the unit tests validate with. It is a package of npm: where there is no npm, or
# the package cannot be had, this says so and lets that be.
#
#	scripts/sarif.sh [concurrencyvet]     by default it is built
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
if ! command -v npm >/dev/null; then
	echo "sarif: not judged by the SARIF multitool, since there is no npm"
	exit 0
fi
if ! npm install --silent --no-audit --no-fund --prefix "$tmp" @microsoft/sarif-multitool@5.7.0 >"$tmp/npm" 2>&1; then
	echo "sarif: not judged by the SARIF multitool, which npm cannot install: $(tail -n 1 "$tmp/npm")"
	exit 0
fi
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
multitool=$(find "$tmp/node_modules" -name Sarif.Multitool -type f | grep linux-x64 | head -n 1)
[ -n "$multitool" ] || multitool=$(find "$tmp/node_modules" -name Sarif.Multitool -type f | head -n 1)
chmod +x "$multitool"

# Findings with fixes and positions in several files, and suppressed ones.
(cd testdata && GOWORK=off "$tool" -all -format "sarif=$tmp/some.sarif" ./lockleak/... ./leakedcancel/... ./badignore/... >/dev/null 2>&1) || true
[ -s "$tmp/some.sarif" ] || { echo "sarif: nothing was written" >&2; exit 1; }
"$multitool" validate "$tmp/some.sarif" --rule-kind 'Sarif' --output "$tmp/verdict.sarif" --log ForceOverwrite >"$tmp/said" 2>&1 || true
[ -s "$tmp/verdict.sarif" ] || { cat "$tmp/said" >&2; exit 1; }
node -e '
const results = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8").replace(/^\uFEFF/, "")).runs.flatMap(r => r.results || []);
const wrong = results.filter(r => (r.level || "warning") === "error");
for (const r of wrong) console.error("sarif:", r.ruleId, JSON.stringify(r.message), JSON.stringify((r.locations || [])[0]));
console.log(`sarif: the SARIF multitool finds ${wrong.length} errors, and has ${results.length} remarks in all`);
process.exit(wrong.length ? 1 : 0);
' "$tmp/verdict.sarif"
