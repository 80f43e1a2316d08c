package checkthenact

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// cells looks at atomic variables and concurrent maps.
func (s *scene) cells() {
	for i := range s.points {
		act := &s.points[i]
		switch op := act.op(); {
		case op.Kind == syncapi.AtomicStore:
			s.atomicStore(act)
		case op.Kind == syncapi.AtomicCAS:
			s.swap(act)
		case op.Kind == syncapi.MapWrite && syncapi.ReplacesEntry(op.Obj):
			s.mapStore(act)
		}
	}
}

// checks returns the points of a kind that are about what act is about.
func (s *scene) checks(act *point, kind syncapi.Op) []*point {
	var checks []*point
	for i := range s.points {
		if p := &s.points[i]; p.op().Kind == kind && p.at() != act.at() && s.sameThing(p, act) {
			checks = append(checks, p)
		}
	}
	return checks
}

// atomicStore reports a store of what was made from a load.
func (s *scene) atomicStore(act *point) {
	checks := s.checks(act, syncapi.AtomicLoad)
	value := s.operand(act.op(), -1)
	if s.loadsAgain(act) {
		return
	}
	for _, check := range checks {
		d := s.depends(act, check, value...)
		switch {
		case !d.any():
		case d.data && !s.alone(act, checks, value):
			s.report(act, check, func(line string) string {
				return fmt.Sprintf("%s is stored to by what was loaded on %s: an update by another goroutine in between is lost", s.name(act), line)
			}, "this is what the stored value is made from", s.addFix(act)...)
			return
		case !d.data && (s.isLimit(act, d) || s.isFlag(act, check, d)) && !s.alone(act, checks, value):
			s.report(act, check, func(line string) string {
				return fmt.Sprintf("%s is stored to because of what was loaded on %s: another goroutine may have stored to it in between", s.name(act), line)
			}, "this is what the store depends on")
			return
		}
	}
}

// loadsAgain reports whether the function of act takes a lock and loads the variable
// again, and stores only if that is as it was.
func (s *scene) loadsAgain(act *point) bool {
	if len(act.chain) == 1 {
		return false // what it depends on is among the checks
	}
	ops := act.op().Fn.Ops()
	if !slices.ContainsFunc(ops, func(op *skeleton.Op) bool { return op.Kind == syncapi.Lock && op.Pos < act.op().Pos }) {
		return false
	}
	for _, cond := range s.uses.Conditions(s.node(act.op())) {
		made := s.uses.From(cond.Expr, cond.Tag)
		if slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
			return op.Kind == syncapi.AtomicLoad && op.Res == act.op().Res && made.Nodes[s.node(op)]
		}) {
			return true
		}
	}
	return false
}

// isLimit reports whether act stores a variable which a condition of d compares by its
// size, as the largest so far.
func (s *scene) isLimit(act *point, d *dependence) bool {
	value := s.operand(act.op(), -1)
	if len(value) == 0 || s.variable(value[0]) == nil {
		return false
	}
	for _, cond := range d.conds {
		x, y := cond.Compares()
		if x != nil && (s.variable(x) == s.variable(value[0]) || s.variable(y) == s.variable(value[0])) {
			return true
		}
	}
	return false
}

// isFlag reports whether act sets what was false or zero, for something that is done
// besides.
func (s *scene) isFlag(act, check *point, d *dependence) bool {
	value, call := s.operand(act.op(), -1), s.call(act.at())
	if len(act.chain) != 1 || call == nil || len(value) == 0 || s.pass.TypesInfo.Types[value[0]].Value == nil {
		return false
	}
	from := s.found(check)
	for _, cond := range d.conds {
		if zero := s.uses.Zero(cond); zero != nil && s.uses.Is(zero, from) {
			return s.doesMore(call)
		}
	}
	return false
}

// doesMore reports whether a statement behind that of call, in the same block, starts a
// goroutine, or calls something of this package or close.
func (s *scene) doesMore(call *ast.CallExpr) bool {
	cur, ok := s.cursor(call)
	if !ok {
		return false
	}
	for next, ok := cur.Parent().NextSibling(); ok; next, ok = next.NextSibling() {
		switch st := next.Node().(type) {
		case *ast.GoStmt:
			return true
		case *ast.ExprStmt:
			if c, ok := st.X.(*ast.CallExpr); ok && s.isOwn(c) {
				return true
			}
		}
	}
	return false
}

// mapStore reports a store or delete of an entry that depends on what the entry was.
func (s *scene) mapStore(act *point) {
	checks := s.checks(act, syncapi.MapRead)
	value := s.operand(act.op(), 1)
	for _, check := range checks {
		if !syncapi.LooksUpEntry(check.op().Obj) || !s.sameKey(act, check) {
			continue
		}
		d := s.depends(act, check, value...)
		if !d.any() || !d.data && (s.isIdempotent(act, check) || s.isMemo(act, value)) || s.alone(act, checks, value) {
			continue
		}
		s.report(act, check, func(line string) string {
			return fmt.Sprintf("%s.%s depends on the entry that was loaded on %s: another goroutine may have changed it in between", s.name(act), act.op().Obj.Name(), line)
		}, "this is the entry that it depends on", s.loadOrStoreFix(act, check)...)
		return
	}
}

// isIdempotent reports whether it does no harm that several goroutines do what act does:
// it deletes what nobody has looked at, or puts an element into a set.
func (s *scene) isIdempotent(act, check *point) bool {
	if value := s.operand(act.op(), 1); len(value) > 0 {
		return s.isUnit(value[0])
	}
	if len(check.chain) > 1 {
		return true
	}
	return !s.usesEntry(check)
}

// usesEntry reports whether the entry that check has found goes into a variable.
func (s *scene) usesEntry(check *point) bool {
	cur, ok := s.cursor(s.call(check.op()))
	if !ok {
		return false
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 {
		return true
	}
	id, ok := assign.Lhs[0].(*ast.Ident)
	return !ok || id.Name != "_"
}

// isUnit reports whether e is an empty struct.
func (s *scene) isUnit(e ast.Expr) bool {
	lit, ok := e.(*ast.CompositeLit)
	return ok && len(lit.Elts) == 0 && isEmptyStruct(s.pass.TypesInfo.TypeOf(lit))
}

// swap reports a CompareAndSwap that is tried again with the same old value.
func (s *scene) swap(act *point) {
	loop := s.retryLoop(act)
	old := s.operand(act.op(), -2)
	if loop == nil || len(old) == 0 {
		return
	}
	old, _ = s.reached(act, old)
	if len(old) != 1 || s.variable(old[0]) == nil || s.uses.Assigned(s.variable(old[0]), loop) {
		return
	}
	for _, check := range s.checks(act, syncapi.AtomicLoad) {
		from := s.found(check)
		if from != nil && !defuse.Within(from, loop) && s.uses.From(old...).Nodes[from] {
			s.report(act, check, func(line string) string {
				return fmt.Sprintf("%s is compared with what was loaded on %s in each turn of this loop: once another goroutine has changed it, that always fails", s.name(act), line)
			}, "this is not loaded again when the swap has failed")
			return
		}
	}
}

// addFix offers to replace a store of a sum by an Add.
func (s *scene) addFix(act *point) []analysis.SuggestedFix {
	call := s.call(act.op())
	if call == nil || len(act.chain) != 1 {
		return nil
	}
	return s.replaceByAdd(call)
}

// loadOrStoreFix offers to replace a store of what was not there by LoadOrStore.
func (s *scene) loadOrStoreFix(act, check *point) []analysis.SuggestedFix {
	load, store := s.call(check.op()), s.call(act.op())
	if load == nil || store == nil || len(act.chain) != 1 || len(check.chain) != 1 {
		return nil
	}
	return s.replaceByLoadOrStore(load, store)
}
