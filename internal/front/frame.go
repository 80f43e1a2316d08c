package front

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A label marks a position of a finding in its source.
type label struct {
	finding.Step
	number int // in the order in which things happen; 0 for the only one
}

// frame writes the source at the positions of a finding, each marked and numbered in
// the order in which things happen: file after file, in that order, and within a file
// line after line.
func (p *printer) frame(f finding.Finding) {
	var files []string
	labels := make(map[string][]label)
	steps := p.files.Steps(f)
	for i, step := range steps {
		l := label{Step: step}
		if len(steps) > 1 {
			l.number = i + 1
		}
		if labels[step.Pos.File] == nil {
			files = append(files, step.Pos.File)
		}
		labels[step.Pos.File] = append(labels[step.Pos.File], l)
	}
	for _, file := range files {
		list := labels[file]
		if len(files) > 1 {
			fmt.Fprintf(p.w, "%s %s\n", p.paint(blue, "   -->"), p.posn(list[0].Pos))
		}
		slices.SortStableFunc(list, func(a, b label) int { return cmp.Compare(a.Pos.Line, b.Pos.Line) })
		p.block(p.files.Lines(file), list)
	}
}

// block writes the lines of a file that have labels, with those around them that are
// asked for, and the labels below. Labels are sorted by line.
func (p *printer) block(lines []string, labels []label) {
	context := max(p.context, 0)
	last := 0 // the last line written
	for i, l := range labels {
		if l.Pos.Line <= 0 || l.Pos.Line > len(lines) {
			p.placeless(l)
			continue
		}
		from, to := max(l.Pos.Line-context, last+1), min(l.Pos.Line+context, len(lines))
		if i+1 < len(labels) {
			to = min(to, labels[i+1].Pos.Line-1)
		}
		if last > 0 && from == last+2 {
			from-- // an ellipsis takes as much room
		} else if last > 0 && from > last+1 {
			fmt.Fprintf(p.w, "%s\n", p.paint(faint, "  ..."))
		}
		p.source(lines, from, l.Pos.Line)
		p.mark(lines[l.Pos.Line-1], l)
		p.source(lines, max(l.Pos.Line+1, from), to)
		last = max(last, l.Pos.Line, to)
	}
}

// source writes lines with their numbers, both ends included.
func (p *printer) source(lines []string, from, to int) {
	for n := from; n <= to; n++ {
		fmt.Fprintf(p.w, "%s%s\n", p.paint(faint, fmt.Sprintf("%5d | ", n)), lines[n-1])
	}
}

// mark writes a label below its line.
func (p *printer) mark(line string, l label) {
	if l.Pos.Col > 0 && l.Pos.Col <= len(line)+1 {
		first, rest, colour := "-", "-", blue
		if l.Primary {
			first, rest, colour = "^", "~", red
		}
		text := underline(line, l.Pos, l.End, first, rest)
		if tag := l.tag(); tag != "" {
			text += " " + tag
		}
		fmt.Fprintf(p.w, "%s%s%s\n", p.paint(faint, "      | "), blank(line[:l.Pos.Col-1]), p.paint(colour, text))
	} else if l.tag() != "" {
		fmt.Fprintf(p.w, "%s%s\n", p.paint(faint, "      | "), l.tag())
	}
}

// placeless writes a label whose source is not there.
func (p *printer) placeless(l label) {
	if l.number > 0 {
		fmt.Fprintf(p.w, "\t%s: %s\n", p.paint(bold, p.posn(l.Pos)), l.tag())
	}
}

// tag returns what is said in a label. The message of the finding itself stands above.
func (l label) tag() string {
	switch {
	case l.number == 0:
		return ""
	case l.Primary:
		return strconv.Itoa(l.number)
	}
	return fmt.Sprintf("%d: %s", l.number, l.Message)
}
