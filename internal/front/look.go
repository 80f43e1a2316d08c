package front

import (
	"io"
	"os"

	"golang.org/x/term"
)

// A look is how text is dressed.
type look struct {
	terminal bool // for a person: with the source, marked
	colour   bool // with ANSI escape sequences
	links    bool // with OSC 8 escape sequences
}

// styleOf returns how text to w is dressed.
func styleOf(w io.Writer) look { return styleFor(isTerminal(w)) }

// styleFor returns how text is dressed that goes to a terminal or to something else.
// NO_COLOR and TERM=dumb forbid colour, and the latter links as well; CLICOLOR_FORCE
// makes what is no terminal count as one, but that may show a link as rubbish.
func styleFor(terminal bool) look {
	dumb := os.Getenv("TERM") == "dumb"
	style := look{terminal: terminal, colour: terminal && !dumb, links: terminal && !dumb}
	if force := os.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		style.terminal, style.colour = true, true
	}
	if os.Getenv("NO_COLOR") != "" {
		style.colour = false
	}
	return style
}

// isTerminal reports whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// ANSI escape sequences.
const (
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[33m"
	blue   = "\x1b[1;34m"
	plain  = "\x1b[0m"
)

// paint returns the text in a colour, if there is colour.
func (l look) paint(colour, text string) string {
	if !l.colour || text == "" {
		return text
	}
	return colour + text + plain
}

// link returns the text as a link, if there are links.
func (l look) link(url, text string) string {
	if !l.links || url == "" {
		return text
	}
	return "\x1b]8;;" + url + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}
