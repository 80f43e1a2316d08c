package syncapi_test

import (
	"go/ast"
	"go/types"
	"reflect"
	"testing"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

const calls = `
type guarded struct {
	sync.RWMutex
	n int
}

type lookalike struct{}

func (lookalike) Lock() {}

func Sleep(time.Duration) {}

func call(t *testing.T, tb testing.TB, b *testing.B, ctx context.Context, l sync.Locker, f func()) {
	var (
		mu  sync.Mutex
		g   guarded
		wg  sync.WaitGroup
		n   atomic.Int32
		old int64
		p   atomic.Pointer[guarded]
		one sync.Once
		m   sync.Map
		grp errgroup.Group
	)
	mu.Lock()
	g.RLock()
	l.Unlock()
	mu.TryLock()
	wg.Add(2)
	wg.Go(f)
	n.Load()
	atomic.AddInt64(&old, 1)
	p.CompareAndSwap(nil, nil)
	one.Do(f)
	sync.OnceFunc(f)
	m.Range(func(any, any) bool { return true })
	context.WithTimeout(ctx, time.Second)
	context.AfterFunc(ctx, f)
	ctx.Done()
	time.AfterFunc(time.Second, f)
	time.Sleep(time.Second)
	grp.Go(func() error { return nil })
	grp.Wait()
	grp.SetLimit(3)
	t.Fatal("t")
	tb.Fatal("tb")
	b.RunParallel(func(*testing.PB) {})
	t.Run("sub", func(*testing.T) {})

	lookalike{}.Lock()
	Sleep(0)
	time.Second.String()
	errgroup.WithContext(ctx)
	f()
}
`

// TestEffectOf checks what the model says of the calls above, by the callee
// as it is spelled there.
func TestEffectOf(t *testing.T) {
	callback := func(arg int, mode syncapi.Mode) []syncapi.Callback { return []syncapi.Callback{{Arg: arg, Mode: mode}} }
	want := map[string]*syncapi.Effect{
		"mu.Lock":              {Op: syncapi.Lock},
		"g.RLock":              {Op: syncapi.RLock}, // promoted
		"l.Unlock":             {Op: syncapi.Unlock},
		"mu.TryLock":           {Op: syncapi.TryLock},
		"wg.Add":               {Op: syncapi.WgAdd, N: 1},
		"wg.Go":                {Op: syncapi.WgGo, Calls: callback(1, syncapi.Elsewhere)},
		"n.Load":               {Op: syncapi.AtomicLoad},
		"atomic.AddInt64":      {Op: syncapi.AtomicUpdate},
		"p.CompareAndSwap":     {Op: syncapi.AtomicCAS}, // of an instance
		"one.Do":               {Op: syncapi.OnceDo, Calls: callback(1, syncapi.NowOnce)},
		"sync.OnceFunc":        {Op: syncapi.OnceFunc, Res: -1, Calls: callback(0, syncapi.Later)},
		"m.Range":              {Op: syncapi.MapRead, Calls: callback(1, syncapi.Now)},
		"context.WithTimeout":  {Op: syncapi.NewCancel, Res: -2},
		"context.AfterFunc":    {Op: syncapi.AfterFunc, Res: -1, Calls: callback(1, syncapi.Elsewhere)},
		"ctx.Done":             {Op: syncapi.CtxDone},
		"time.AfterFunc":       {Op: syncapi.NewTimer, Res: -1, Calls: callback(1, syncapi.Elsewhere)},
		"time.Sleep":           {Op: syncapi.Sleep, Res: syncapi.NoRes},
		"grp.Go":               {Op: syncapi.GroupGo, Calls: callback(1, syncapi.Elsewhere)},
		"grp.Wait":             {Op: syncapi.GroupWait},
		"grp.SetLimit":         {Op: syncapi.GroupLimit, N: 1},
		"t.Fatal":              {Op: syncapi.Goexit},
		"tb.Fatal":             {Op: syncapi.Goexit},
		"b.RunParallel":        {Op: syncapi.Run, Res: syncapi.NoRes, Calls: callback(1, syncapi.ManyNow)},
		"t.Run":                {Op: syncapi.Run, Res: syncapi.NoRes, Calls: callback(2, syncapi.NowOnce)},
		"errgroup.WithContext": {Op: syncapi.CtxDerive, Res: -2},

		"lookalike{}.Lock":   nil,
		"Sleep":              nil,
		"time.Second.String": nil,
		"f":                  nil,
	}
	pkg := checktest.LoadSources(t, calls)[0]
	met := make(map[string]bool)
	ast.Inspect(pkg.Syntax[0], func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := types.ExprString(call.Fun)
		effect, ok := want[name]
		if !ok {
			t.Errorf("no effect is stated for %s", name)
		}
		met[name] = true
		callee, _ := typeutil.Callee(pkg.TypesInfo, call).(*types.Func)
		if got := syncapi.EffectOf(callee); !reflect.DeepEqual(got, effect) {
			t.Errorf("the effect of %s is %+v, want %+v", name, got, effect)
		}
		return true
	})
	for name := range want {
		if !met[name] {
			t.Errorf("%s is not called", name)
		}
	}
}

// TestEffectOfVendored looks up a function of a package that the standard
// library vendors, and functions that belong to no package.
func TestEffectOfVendored(t *testing.T) {
	sig := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	vendored := types.NewFunc(0, types.NewPackage("vendor/golang.org/x/sync/errgroup", "errgroup"), "WithContext", sig)
	if syncapi.EffectOf(vendored) == nil {
		t.Error("a vendored function is not known")
	}
	if eff := syncapi.EffectOf(nil); eff != nil {
		t.Errorf("no function has the effect %v", eff)
	}
	errorMethod := types.Universe.Lookup("error").Type().Underlying().(*types.Interface).Method(0)
	if eff := syncapi.EffectOf(errorMethod); eff != nil {
		t.Errorf("error.Error has the effect %v", eff)
	}
	if !syncapi.Modeled("sync") || !syncapi.Modeled("vendor/golang.org/x/sync/errgroup") || syncapi.Modeled("fmt") {
		t.Error("another package is modeled than sync and errgroup, of these and fmt")
	}
}

func TestPredicates(t *testing.T) {
	loaded := loadTypes(t, "context", "errors", "fmt", "io", "testing")
	for _, test := range []struct {
		path, name string
		cancels    bool // its type is that of a cancel function
		makesError bool
		joins      bool
	}{
		{"context", "CancelFunc", true, false, false},
		{"context", "CancelCauseFunc", true, false, false},
		{"context", "Context", false, false, false},
		{"errors", "New", false, true, false},
		{"errors", "Unwrap", false, false, false},
		{"fmt", "Errorf", false, true, false},
		{"fmt", "Sprintf", false, false, false},
		{"io", "EOF", false, false, false},
		{"testing", "B.RunParallel", false, false, true},
		{"testing", "B.Run", false, false, false},
	} {
		obj := loaded[test.path].Scope().Lookup(test.name)
		fn := declared(loaded[test.path])[test.name]
		if obj == nil && fn == nil {
			t.Errorf("there is no %s.%s", test.path, test.name)
			continue
		}
		if got := obj != nil && syncapi.IsCancelFunc(obj.Type()); got != test.cancels {
			t.Errorf("IsCancelFunc(%s.%s) = %t", test.path, test.name, got)
		}
		if got := syncapi.MakesError(fn); got != test.makesError {
			t.Errorf("MakesError(%s.%s) = %t", test.path, test.name, got)
		}
		if got := syncapi.Joins(fn); got != test.joins {
			t.Errorf("Joins(%s.%s) = %t", test.path, test.name, got)
		}
	}
}

// TestOps checks that each operation has a name of its own.
func TestOps(t *testing.T) {
	seen := make(map[string]syncapi.Op)
	for op := syncapi.None; op <= syncapi.Count; op++ {
		name := op.String()
		if other, ok := seen[name]; ok || name == "" {
			t.Errorf("operation %d is named %q, as is %d", op, name, other)
		}
		seen[name] = op
		if op.Ends() && op.Blocks() {
			t.Errorf("%s ends and blocks", op)
		}
	}
	modes := make(map[string]bool)
	for mode := syncapi.Unknown; mode <= syncapi.ManyNow; mode++ {
		modes[mode.String()] = true
	}
	if len(modes) != 7 || modes[""] {
		t.Errorf("the modes are named %v", modes)
	}
	for _, op := range []syncapi.Op{syncapi.Send, syncapi.Select, syncapi.Lock, syncapi.WgWait, syncapi.Sleep} {
		if !op.Blocks() {
			t.Errorf("%s does not block", op)
		}
	}
	for _, op := range []syncapi.Op{syncapi.Close, syncapi.Unlock, syncapi.TryLock, syncapi.WgDone, syncapi.AtomicLoad, syncapi.Default} {
		if op.Blocks() {
			t.Errorf("%s blocks", op)
		}
	}
}
