package format

import (
	"strconv"
	"unicode/utf16"
)

// hashLength is the number of code units that a line's hash is made of.
const hashLength = 100

// lineHashes returns for each line of a text, from the first on, the hash by which
// GitHub's code scanning knows an alert again when it has moved. It is taken of the
// UTF-16 code units from the beginning of the line on, also of those of the next
// lines: without spaces and tabs, each end of a line as one line feed, 0xFFFF for the
// end of the text and 0 for what is beyond. After a colon it has the number of the
// line among those with an equal hash.
func lineHashes(text []byte) []string {
	units, starts := hashUnits(string(text))
	count := make(map[uint64]int)
	hashes := make([]string, len(starts))
	for line, start := range starts {
		var sum uint64
		for i := start; i < start+hashLength; i++ {
			sum *= 37
			if i < len(units) {
				sum += uint64(units[i])
			}
		}
		count[sum]++
		hashes[line] = strconv.FormatUint(sum, 16) + ":" + strconv.Itoa(count[sum])
	}
	return hashes
}

// hashUnits returns the code units of a text that hashes are made of, and the index
// among them of the first one of each line.
func hashUnits(text string) (units []uint16, starts []int) {
	lineStart, afterCR := true, false
	add := func(u uint16) {
		if lineStart {
			starts = append(starts, len(units))
		}
		lineStart = u == '\n'
		units = append(units, u)
	}
	for _, u := range utf16.Encode([]rune(text)) {
		switch {
		case u == ' ' || u == '\t' || u == '\n' && afterCR:
			afterCR = false
		case u == '\r':
			add('\n')
			afterCR = true
		default:
			add(u)
			afterCR = false
		}
	}
	add(0xFFFF)
	return units, starts
}
