package earlyresults

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports waits for workers whose results are received only afterwards.
var Analyzer = &analysis.Analyzer{
	Name:     "earlyresults",
	Doc:      docs.MustExtract(doc, "earlyresults"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/earlyresults",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at each channel within its scope, see package chans. That
// nothing receives before the wait is over is a must-analysis; that a worker
// comes to its send is taken for granted.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	root *syntax.Tree
	done map[token.Pos]bool
}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{
		pass: pass,
		view: locks.View,
		root: pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		done: make(map[token.Pos]bool),
	}
	p := &chans.Package{Locks: locks, Root: c.root, Index: pass.ResultOf[symindex.Analyzer].(*symindex.Index), Info: pass.TypesInfo}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		if !c.view.May(f, syncapi.Send) || !c.view.May(f, syncapi.WgWait) && !c.view.May(f, syncapi.GroupWait) && !c.view.May(f, syncapi.Recv) {
			continue
		}
		cs := append(p.Of(f), chans.Fielded(p, f)...)
		for _, ch := range cs {
			c.channel(ch)
		}
		c.circular(cs)
	}
	return nil, nil
}

// channel checks the waits for those who send on one channel.
func (c *checker) channel(ch *chans.Channel) {
	if !ch.CapKnown {
		return
	}
	for _, s := range ch.Sends {
		if !c.exceeds(ch, s) {
			continue
		}
		if wait := ch.EarlyWait(s); wait != nil {
			c.report(ch, s, wait)
			return
		}
	}
}

// exceeds reports whether there may be no room for what s sends. Room for more
// than one may be meant for as many as there are.
func (c *checker) exceeds(ch *chans.Channel, s *skeleton.Node) bool {
	if ch.Cap == 0 {
		return true
	}
	if ch.Cap > 1 {
		return false
	}
	if !ch.Often(s) {
		return slices.ContainsFunc(ch.Sends, func(o *skeleton.Node) bool {
			return o != s && o.Graph == s.Graph && spawn.Path(o, s, nil) != nil
		})
	}
	node := c.view.Node(s.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	return ok && !chans.Once(c.pass.TypesInfo, cur)
}

// report reports a wait.
func (c *checker) report(ch *chans.Channel, send, wait *skeleton.Node) {
	pos, end := c.view.Extent(c.view.Site(wait))
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	d := analysis.Diagnostic{Pos: pos, End: end}
	sPos, sEnd := c.view.Extent(c.view.Site(send))
	related := []analysis.RelatedInformation{{Pos: sPos, End: sEnd, Message: "the goroutine waits here for a receiver"}}
	when := "which nothing receives from"
	if len(ch.Recvs) > 0 {
		when = "which is received from only after it"
		rPos, rEnd := c.view.Extent(c.view.Site(ch.Recvs[0]))
		related = append(related, analysis.RelatedInformation{Pos: rPos, End: rEnd, Message: "the receive comes only after the wait"})
	}
	d.Message = fmt.Sprintf("this wait blocks forever: a goroutine that it waits for sends on %s, %s", ch.Path, when)
	for _, r := range related {
		if r.Pos.IsValid() && r.End > r.Pos {
			d.Related = append(d.Related, r)
		}
	}
	report.Report(c.pass, d)
}
