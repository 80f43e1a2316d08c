package shutdownrace

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// ended reports the Shutdowns whose context has ended on every path to them, or whose
// function is run when it has.
func (s *scene) ended() {
	for _, l := range s.Lives() {
		fam := s.Family(l)
		for _, n := range s.Graph.Nodes {
			use := s.shutdownAt(n, fam)
			if use == nil {
				continue
			}
			if end := s.Ended(l, n); end != nil {
				s.endedAt(use, s.Site(end))
			}
		}
	}
	for n := range spawn.Nodes(s.Graph, syncapi.AfterFunc) {
		if len(n.Args) == 0 {
			continue
		}
		fam := ctxlife.Family{n.Args[0]: true}
		for _, sp := range n.Spawns {
			fam.Derive([]*skeleton.Graph{sp.Graph()})
			for _, m := range sp.Graph().Nodes {
				if isShutdownWith(m, fam) {
					s.endedAt(m, n)
				}
			}
		}
	}
}

// shutdownAt returns the Shutdown with a context of fam that n is or starts, nil if there
// is none.
func (s *scene) shutdownAt(n *skeleton.Node, fam ctxlife.Family) *skeleton.Node {
	if isShutdownWith(n, fam) {
		return n
	}
	for _, sp := range n.Spawns {
		if !sp.Mode.Starts() {
			continue
		}
		for _, m := range sp.Graph().Nodes {
			if isShutdownWith(m, fam) {
				return m
			}
		}
	}
	return nil
}

func isShutdownWith(n *skeleton.Node, fam ctxlife.Family) bool {
	return n.Op != nil && n.Op.Is(syncapi.Call, syncapi.Work) && syncapi.IsShutdown(callee(n.Op)) && len(n.Args) > 1 && fam[n.Args[1]]
}

func (s *scene) endedAt(use, end *skeleton.Node) {
	name, pos, stop, related := s.Describe(use, 1)
	call := s.view.CallOf(s.Site(use).Op)
	if name == "" || call == nil || s.done[pos] || s.view.Node(end.Op) == nil {
		return
	}
	s.done[pos], s.done[call.Pos()] = true, true
	p, e := s.view.Extent(end.Op)
	s.found = append(s.found, analysis.Diagnostic{
		Pos: pos, End: stop, Category: categoryEnded,
		Message: fmt.Sprintf("%s has ended when it is handed to Shutdown, which then waits for no request", name),
		Related: append(related, analysis.RelatedInformation{Pos: p, End: e, Message: "behind this the context has ended"}),
	})
}

// forever reports the Shutdowns with a context that never ends.
func (s *scene) forever() {
	for _, n := range s.shuts {
		call := s.view.CallOf(n.Op)
		if call == nil || len(call.Args) != 1 || s.done[call.Pos()] || s.done[call.Args[0].Pos()] || !s.endless(call.Args[0], maxDepth) {
			continue
		}
		s.done[call.Pos()] = true
		s.found = append(s.found, analysis.Diagnostic{
			Pos: call.Pos(), End: call.End(), Category: categoryPolicy,
			Message: fmt.Sprintf("%s has no deadline, so that one busy connection holds it up for ever", types.ExprString(call.Fun)),
		})
	}
}
