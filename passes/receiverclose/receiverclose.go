package receiverclose

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/closing"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports channels that a receiver closes while others send.
var Analyzer = &analysis.Analyzer{
	Name:     "receiverclose",
	Doc:      docs.MustExtract(doc, "receiverclose"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/receiverclose",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer, closing.SendsAnalyzer, closing.TwiceAnalyzer},
	Run:      report.Run(run),
}

// A checker looks for a close by a receiver and a send by somebody else.
//
// It does not ask whether the send can come after the close, which it could not
// tell where other packages call the methods that send. It asks whether the
// closer could know that it does not: it errs to silence wherever the closer
// waits for something that the sender does, or joins anybody.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	sends *closing.Sends
	twice *closing.Twice
	seen  map[*skeleton.Op]bool // the closes that have been reported
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		sends: pass.ResultOf[closing.SendsAnalyzer].(*closing.Sends),
		twice: pass.ResultOf[closing.TwiceAnalyzer].(*closing.Twice),
		seen:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	closers := c.closers()
	if len(closers) == 0 {
		return nil, nil
	}
	focus := &spawn.Focus{
		Locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		X:     syncapi.Send,
		Y:     syncapi.Close,
		Keep: func(e skeleton.Effect) bool { // see within
			return e.Started && closers[e.Op] || !e.Started && e.Op.Kind == syncapi.Send
		},
	}
	for g := range focus.Graphs() {
		c.graph(g, closers)
	}
	focus.Globals = true
	focus.Keep = func(e skeleton.Effect) bool { return e.Op.Kind == syncapi.Send || closers[e.Op] }
	for _, p := range focus.Fields() {
		for _, y := range p.Ys {
			for _, x := range p.Xs {
				if c.open(x, y) && c.view.Sure(func() bool { return c.apart(x, y) }) {
					c.report(x, y)
				}
			}
		}
	}
	return nil, nil
}

// closers returns the closes that some function has done, by itself or by what
// it calls, that receives from the channel as well and never sends on it. Those
// that another check reports are left out.
func (c *checker) closers() map[*skeleton.Op]bool {
	ops := make(map[*skeleton.Op]bool)
	for _, f := range c.view.Funcs {
		received, sent := make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
		effects := c.view.Effects(f, syncapi.Send, syncapi.Recv, syncapi.Close)
		for _, e := range effects {
			switch {
			case e.Started:
			case e.Op.Kind == syncapi.Send:
				sent[e.Res] = true
			case e.Op.Kind == syncapi.Recv:
				received[e.Res] = true
			}
		}
		for _, e := range effects {
			if e.Op.Kind == syncapi.Close && !e.Started && e.Res.IsOne() && received[e.Res] && !sent[e.Res] {
				ops[e.Op] = true
			}
		}
	}
	for op := range ops {
		if c.sends.Against(op) || c.twice.Involves(op) || closing.RangeBefore(c.view, c.pass.TypesInfo, op) != nil {
			delete(ops, op)
		}
	}
	return ops
}

// open reports whether the close y has not been reported, and the send x counts.
func (c *checker) open(x, y *skeleton.Node) bool {
	return !c.seen[y.Op] && !x.Recovered() && !x.Frame.Widened && !y.Frame.Widened
}

// graph looks at the sends of the function of g and the closes of the
// goroutines that it starts. Of all other pairs it is seen whether they are in
// order.
func (c *checker) graph(g *skeleton.Graph, closers map[*skeleton.Op]bool) {
	var sends, closes []*skeleton.Node
	for h := range spawn.Graphs(g) {
		for n := range spawn.Nodes(h, syncapi.Send, syncapi.Close) {
			switch {
			case !n.Res.IsOne():
			case n.Op.Kind == syncapi.Close:
				closes = append(closes, n)
			default:
				sends = append(sends, n)
			}
		}
	}
	for _, y := range closes {
		for _, x := range sends {
			if x.Res == y.Res && x.Graph != y.Graph && closers[y.Op] && c.open(x, y) && c.view.Sure(func() bool { return c.within(x, y) }) {
				c.report(x, y)
			}
		}
	}
}

// within reports whether y, on a goroutine that x's starts, closes what it has
// received, and x may be behind that start.
func (c *checker) within(x, y *skeleton.Node) bool {
	_, gx, gy := spawn.Meet(x, y)
	if gx != x || !receives(y) || spawn.ShareLock(x, y) {
		return false
	}
	anew := func(n *skeleton.Node) bool { return n.Assigns(x.Res) }
	return spawn.Path(gy, x, anew) != nil && !informed(y, spawn.Awaiter(notOwn(x, spawn.SignalsAfter(x, y.Graph)), skeleton.Path{}, skeleton.Path{}))
}

// apart reports whether x and y, in the graphs of two functions, act on what may
// be one channel, which y closes as its receiver, not knowing of x.
func (c *checker) apart(x, y *skeleton.Node) bool {
	if !x.Res.IsOne() || !y.Res.IsOne() || !receives(y) || spawn.Common(x, y) || spawn.Confined(x) || spawn.Confined(y) {
		return false
	}
	if spawn.IsCallback(spawn.Outermost(x)) || spawn.IsCallback(spawn.Outermost(y)) || !x.Res.Root.Visible() && !y.Res.Root.Visible() {
		return false
	}
	if spawn.LocksOut(x, y) || spawn.Flagged(x, y) {
		return false
	}
	from, to := x.Res.Base(), y.Res.Base()
	if from.Sel == nil && from.Root.Kind == skeleton.Global {
		from, to = skeleton.Path{}, skeleton.Path{} // all functions know it alike
	}
	return !informed(y, spawn.Awaiter(notOwn(x, spawn.SignalsAfter(x, y.Graph)), from, to))
}

// notOwn returns the signals without those on x's channel: that one value has
// been received says nothing of the next.
func notOwn(x *skeleton.Node, sigs []spawn.Signal) []spawn.Signal {
	var others []spawn.Signal
	for _, s := range sigs {
		if s.Res != x.Res {
			others = append(others, s)
		}
	}
	return others
}

// receives reports whether the goroutine of the close y is a receiver: it
// receives from the channel again and again, or not on all ways to the close,
// and never sends on it.
func receives(y *skeleton.Node) bool {
	found, looping := false, false
	for n := range spawn.Nodes(y.Graph, syncapi.Recv, syncapi.Send) {
		if n.Res != y.Res {
			continue
		}
		if n.Op.Is(syncapi.Send) {
			return false
		}
		if spawn.Path(n, y, nil) != nil {
			found, looping = true, looping || n.InLoop()
		}
	}
	received := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Recv) && n.Res == y.Res }
	return found && (looping || spawn.Path(y.Graph.Entry, y, received) != nil)
}

// informed reports whether all ways to y wait for what awaits knows, or join
// somebody.
func informed(y *skeleton.Node, awaits func(*skeleton.Node) bool) bool {
	return spawn.Path(y.Graph.Entry, y, func(n *skeleton.Node) bool {
		return awaits(n) || n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait)
	}) == nil
}

// report reports the close y against the send x, once.
func (c *checker) report(x, y *skeleton.Node) {
	if x.Op.Fn.Imported() && y.Op.Fn.Imported() { // then it is that package's own
		return
	}
	c.seen[y.Op] = true
	site, send := c.view.Site(y), c.view.Site(x)
	pos, end := c.view.Extent(site)
	sendPos, sendEnd := c.view.Extent(send)
	name := c.name(y, site)
	d := analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is closed by its receiver, which does not know of the send at %s", name, report.Place(c.pass.Fset, sendPos, pos)),
		Related: []analysis.RelatedInformation{{
			Pos: sendPos, End: sendEnd, Message: fmt.Sprintf("%s is sent on here", c.name(x, send)),
		}},
	}
	if r := c.receive(y); r != nil {
		p, e := c.view.Extent(c.view.Site(r))
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: p, End: e, Message: fmt.Sprintf("%s is received from here", c.name(r, c.view.Site(r)))})
	}
	report.Report(c.pass, d)
}

// receive returns a receive by y's goroutine before it closes the channel.
func (c *checker) receive(y *skeleton.Node) *skeleton.Node {
	for n := range spawn.Nodes(y.Graph, syncapi.Recv) {
		if n.Res == y.Res && c.view.Site(n) != c.view.Site(y) && skeleton.Leads(n, y, nil) {
			return n
		}
	}
	return nil
}

// name spells the channel that n acts on as the function of op does.
func (c *checker) name(n *skeleton.Node, op *skeleton.Op) string {
	if op == n.Op {
		return c.view.Text(op)
	}
	return n.Res.String()
}
