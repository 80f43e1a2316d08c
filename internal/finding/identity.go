package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
)

// An Identity is what a finding is known by from one state of the code to the next.
//
// It holds to what the finding is about: the check, the package, the file, the
// declaration around it, what is said, and the line that it is said of. It does not
// hold to where that stands in the file, so a finding keeps its identity when lines
// above it come, go or move, and when the declaration that it is in moves within
// its file.
//
// It errs to a new identity: when the line itself is edited, beyond its white space
// at either end, or when the declaration is renamed or goes to another file, what
// was known is taken to be gone, and what is there to be new. It errs to a known one
// only among findings that are alike in all else: these are numbered from the top of
// the file, so if the first of two goes, the second takes its number, and one that
// comes above them takes the number of the first. How many there are is always right.
//
// It does not depend on the machine: neither on the directory in which the
// repository lies, nor on the one in which the command ran.
type Identity struct {
	Check   string
	Package string
	File    string // relative to the root, with slashes; else package and base
	Func    string // the declaration around it, see [Files.Func]
	Message string // without positions and line numbers
	Line    string // trimmed
	Index   int    // from 0, among findings that are alike in all of the above
}

// Fingerprint returns the identity as 32 hexadecimal digits.
func (id Identity) Fingerprint() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		id.Check, id.Package, id.File, id.Func, id.Message, id.Line, strconv.Itoa(id.Index),
	}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Identify returns the identities of the findings, in the order of these, no two of
// them equal. The findings must be all that there are, since some are told apart by
// number; their order does not matter.
func Identify(files *Files, findings []Finding) []Identity {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return Compare(findings[a], findings[b]) })
	ids := make([]Identity, len(findings))
	seen := make(map[Identity]int)
	for _, i := range order {
		id := identify(files, findings[i])
		n := seen[id]
		seen[id]++
		id.Index = n
		ids[i] = id
	}
	return ids
}

// identify returns the identity of a finding, but for its number.
func identify(files *Files, f Finding) Identity {
	rel, inside := files.Rel(f.Pos.File)
	if !inside {
		rel = path.Join(f.Package, path.Base(rel))
	}
	return Identity{
		Check:   f.Check,
		Package: f.Package,
		File:    rel,
		Func:    files.Func(f.Pos),
		Message: withoutPositions(f.Message),
		Line:    strings.TrimSpace(files.Line(f.Pos)),
	}
}

var (
	posnInText = lazyregexp.New(`[^\s"'(]*?([^\s"'(/\\]+\.go):\d+(:\d+)?`)
	lineInText = lazyregexp.New(`\b(lines?) \d+((, | and |, and |-)\d+)*`)
)

// withoutPositions returns the message without what changes when lines move: files
// keep their base names.
func withoutPositions(message string) string {
	message = posnInText().ReplaceAllString(message, "$1")
	return lineInText().ReplaceAllString(message, "$1")
}
