// Package suggest finds the name that was meant by one that does not exist.
package suggest

import "fmt"

// Nearest returns the known name that is nearest to name by its edit distance,
// or nothing if none is near.
func Nearest(name string, known []string) string {
	best, bestDistance := "", len(name)/3+2
	for _, k := range known {
		if d := distance(name, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	if bestDistance >= len(name) {
		return ""
	}
	return best
}

// Hint returns a remark on the known name that is nearest to name, written with
// a prefix, or nothing if none is near. It begins with a space.
func Hint(name string, known []string, prefix string) string {
	best := Nearest(name, known)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s%s?)", prefix, best)
}

// distance is the edit distance of two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
