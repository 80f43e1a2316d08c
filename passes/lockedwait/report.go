package lockedwait

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// report reports a wait, once, and not the answer that waits for it in turn.
func (c *checker) report(s *stall) {
	if c.seen[s.answer.Op] == s.at.Op {
		return
	}
	for _, op := range s.wait.arms {
		c.seen[op] = s.answer.Op
	}
	site := c.view.Site(s.at)
	if s.at.Op.Arm != nil && site == s.at.Op {
		site = s.at.Op.Arm
	}
	pos, end := c.view.Extent(site)
	needs := c.view.Site(s.needs)
	at, _ := c.view.Extent(needs)
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s waits while %s is %s, which %s %s %s, at %s",
			c.waiting(s), c.spell(s.lock), held(s.lock), s.other(), s.wanted(), s.when(), report.Place(c.pass.Fset, at, pos)),
		Related: []analysis.RelatedInformation{c.related(c.view.Site(s.lock), fmt.Sprintf("%s is %s here", c.spell(s.lock), locked(s.lock)))},
	}
	for _, call := range between(s.lock, s.at) {
		if op := call.Op; !op.Fn.Imported() && op != site {
			d.Related = append(d.Related, c.related(op, fmt.Sprintf("this call of %s leads to the wait", c.view.Callee(op))))
		}
	}
	d.Related = append(d.Related, c.related(needs, fmt.Sprintf("%s is %s here, %s", c.spell(s.needs), locked(s.needs), s.inPlace())))
	if s.writer != nil && lockset.IsShared(s.needs) && lockset.IsShared(s.lock) {
		d.Related = append(d.Related, c.related(s.writer, fmt.Sprintf("%s is locked here, which keeps further readers out", c.view.Text(s.writer))))
	}
	if r := s.relay; r != nil {
		d.Related = append(d.Related, c.related(c.view.Site(r.answer), c.answered(r.answer)),
			c.related(c.view.Site(r.at), fmt.Sprintf("%s waits for that before the answer", c.waiting(r))))
	}
	d.Related = append(d.Related, c.related(c.view.Site(s.answer), c.answered(s.answer)))
	report.Report(c.pass, d)
}

// between returns the calls by which x is reached from where the lock was taken.
func between(lock, x *skeleton.Node) []*skeleton.Node {
	calls, outer := x.Calls(), lock.Calls()
	i := 0
	for i < len(calls) && i < len(outer) && calls[i] == outer[i] {
		i++
	}
	return calls[i:]
}

func (c *checker) related(op *skeleton.Op, says string) analysis.RelatedInformation {
	pos, end := c.view.Extent(op)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: says}
}

// waiting names the wait.
func (c *checker) waiting(s *stall) string {
	x := s.at
	switch {
	case x.Op.Fn.Imported():
		return "this call of " + c.view.Callee(c.view.Site(x))
	case x.Op.Arm != nil:
		return "this select"
	case x.Op.Range:
		return "this range over " + c.spell(x)
	case x.Op.Kind == syncapi.Send:
		return "this send on " + c.spell(x)
	case x.Op.Kind == syncapi.Recv:
		return "this receive from " + c.spell(x)
	}
	return c.spell(x) + ".Wait"
}

// other names the goroutine that is to answer.
func (s *stall) other() string {
	switch s.answer.Op.Kind {
	case syncapi.Send:
		return "its sender"
	case syncapi.Recv:
		return "its receiver"
	case syncapi.Close:
		return "whoever closes it"
	case syncapi.CondSignal, syncapi.CondBroadcast:
		return "whoever signals it"
	}
	return "a goroutine that it waits for"
}

// wanted says what that does to the lock.
func (s *stall) wanted() string {
	switch {
	case s.relay != nil:
		return "waits for"
	case lockset.IsShared(s.needs):
		return "read-locks"
	}
	return "locks"
}

// when says when that does so.
func (s *stall) when() string {
	if s.leaving == s.needs {
		return "when it leaves"
	}
	return "first"
}

// inPlace says what that has to do with the answer.
func (s *stall) inPlace() string {
	if s.leaving == s.needs {
		return "where no answer comes any more"
	}
	return "before the answer"
}

func held(n *skeleton.Node) string {
	if lockset.IsShared(n) {
		return "read-locked"
	}
	return "held"
}

func locked(n *skeleton.Node) string {
	if lockset.IsShared(n) {
		return "read-locked"
	}
	return "locked"
}

// answered says what the answer is.
func (c *checker) answered(y *skeleton.Node) string {
	what := c.spell(y)
	switch y.Op.Kind {
	case syncapi.Send:
		return what + " is sent on here"
	case syncapi.Recv:
		return what + " is received from here"
	case syncapi.Close:
		return what + " is closed here"
	case syncapi.CondSignal, syncapi.CondBroadcast:
		return what + " is signalled here"
	}
	return "this is what " + what + " waits for"
}

// spell spells what n acts on as the code does, or by its path or type where
// that is not at hand.
func (c *checker) spell(n *skeleton.Node) string {
	if !n.Op.Fn.Imported() {
		return c.view.Text(n.Op)
	}
	if key, ok := lockset.KeyOf(n.Res); ok && (n.Res.Root.Kind == skeleton.Value || n.Res.Root.Kind == skeleton.Result || !n.Res.IsOne()) {
		return key.String()
	}
	return n.Res.String()
}
