package skeleton

import "slices"

// narrow finds out, conditions apart, which nodes a path can come by that the
// search looks for, and reports whether there is such a path.
func (s *search) narrow(g *Graph) bool {
	s.from = g.Before(s.q.From, nil)
	if len(s.q.To) > 0 {
		s.to = g.Before(s.q.To, nil)
	}
	if s.q.Notes || s.q.VisitNamed != nil {
		return true
	}
	found, behind := s.ask(g)
	s.to = make([]bool, len(g.Nodes))
	for work := found; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if s.to[n.ID] {
			continue
		}
		s.to[n.ID] = true
		for _, p := range n.Preds {
			if at := p.From; behind[at.ID] && s.verdicts[at.ID] == Continue && s.takes(p) {
				work = append(work, at)
			} else if slices.Contains(s.q.From, at) && s.takes(p) {
				s.to[at.ID] = true
			}
		}
	}
	return len(found) > 0
}

// ask asks Visit about all nodes that follow From. It returns those at which it
// says Found, and by node whether it was asked.
func (s *search) ask(g *Graph) (found []*Node, behind []bool) {
	s.verdicts = make([]Verdict, len(g.Nodes))
	behind = make([]bool, len(g.Nodes))
	for work := slices.Clone(s.q.From); len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, step := range n.Succs {
			to := step.To
			if behind[to.ID] || s.to != nil && !s.to[to.ID] || !s.takes(step) {
				continue
			}
			behind[to.ID] = true
			s.view.spent++
			v := s.q.Visit(to)
			s.verdicts[to.ID] = v
			switch v {
			case Found:
				found = append(found, to)
			case Continue:
				work = append(work, to)
			}
		}
	}
	return found, behind
}

// takes reports whether a step can be taken, whatever is known.
func (s *search) takes(step *Step) bool {
	if s.q.Take != nil && !s.q.Take(step) {
		return false
	}
	_, ok := s.ix.require(env{}, step.Cond)
	return ok
}

// astray reports whether a path cannot come by the nodes that it must.
func (s *search) astray(k stateKey) bool {
	if !k.alive {
		return !s.from[k.node.ID]
	}
	return s.to != nil && !s.to[k.node.ID]
}
