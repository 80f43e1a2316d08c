package syncapi

import (
	"go/types"
	"slices"
	"strings"
)

// EffectOf returns what a call of fn does, or nil if the model does not know
// fn. Methods of generic types and instances are looked up by their origin.
func EffectOf(fn *types.Func) *Effect {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	table := tables[trimVendor(fn.Pkg().Path())]
	if table == nil {
		return nil
	}
	return table[key(fn.Origin())]
}

// Modeled reports whether the model has operations of the package with the
// given import path.
func Modeled(path string) bool { return tables[trimVendor(path)] != nil }

// Names calls yield for each function that the model knows: the import path
// of its package and its key there, "Func" or "Type.Method".
func Names(yield func(path, key string) bool) {
	for path, table := range tables {
		for key := range table {
			if !yield(path, key) {
				return
			}
		}
	}
}

// IsCancelFunc reports whether t is the type of a context's cancel function.
func IsCancelFunc(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "context" {
		return false
	}
	return n.Obj().Name() == "CancelFunc" || n.Obj().Name() == "CancelCauseFunc"
}

// TimerChan returns the operation that makes what the channel belongs to which
// is the field name of typ, NewTimer or NewTicker; None if it is another field.
func TimerChan(typ *types.TypeName, name string) Op {
	if name != "C" || typ.Pkg() == nil || typ.Pkg().Path() != "time" {
		return None
	}
	switch typ.Name() {
	case "Timer":
		return NewTimer
	case "Ticker":
		return NewTicker
	}
	return None
}

// IsCancelOnly reports whether fn makes a context that ends by its cancel function
// alone, if its parent does not end.
func IsCancelOnly(fn *types.Func) bool {
	return ofContext(fn) && (fn.Name() == "WithCancel" || fn.Name() == "WithCancelCause")
}

// IsRootContext reports whether fn returns a context that has no parent.
func IsRootContext(fn *types.Func) bool {
	return ofContext(fn) && (fn.Name() == "Background" || fn.Name() == "TODO")
}

// IsNewCond reports whether fn makes a Cond of a lock, its only operand.
func IsNewCond(fn *types.Func) bool { return ofSync(fn, "NewCond") }

// IsRLocker reports whether fn makes, of a lock, a Locker for reading.
func IsRLocker(fn *types.Func) bool { return ofSync(fn, "RWMutex.RLocker") }

func ofSync(fn *types.Func, name string) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "sync" && key(fn.Origin()) == name
}

func ofContext(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "context" && fn.Signature().Recv() == nil
}

// IsError reports whether t is the type error.
func IsError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// MakesError reports whether fn makes an error, which is never nil.
func MakesError(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	name := fn.Pkg().Path() + "." + fn.Name()
	return name == "errors.New" || name == "fmt.Errorf"
}

// TestsError reports whether fn asks something of an error, its first argument, which is
// true of no error that is nil.
func TestsError(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "errors":
		return fn.Name() == "Is" || fn.Name() == "As" || fn.Name() == "AsType"
	case "os":
		return strings.HasPrefix(fn.Name(), "Is") && fn.Name() != "IsPathSeparator"
	}
	return false
}

// ErrorName returns the name of the error that the package variable v has, by its path:
// that which package io/fs has for those that os has from there.
func ErrorName(v types.Object) string {
	path := v.Pkg().Path()
	if path == "os" && slices.Contains(fsErrors, v.Name()) {
		path = "io/fs"
	}
	return path + "." + v.Name()
}

var fsErrors = []string{"ErrInvalid", "ErrPermission", "ErrExist", "ErrNotExist", "ErrClosed"}

// MakesCond reports whether fn makes a Cond of the lock that is its argument.
func MakesCond(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "sync" && fn.Name() == "NewCond"
}

// IsCondLock reports whether a field of the type owner is the lock of a Cond.
func IsCondLock(owner *types.TypeName, field string) bool {
	return owner != nil && field == "L" && owner.Pkg() != nil && owner.Pkg().Path() == "sync" && owner.Name() == "Cond"
}

// Joins reports whether fn, which runs a callback on other goroutines, comes
// back only when they have ended.
func Joins(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "testing" && key(fn.Origin()) == "B.RunParallel"
}

// IsBubble reports whether fn, which runs a callback, comes back only when all
// goroutines have ended that the callback starts, directly or not.
func IsBubble(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() + "." + key(fn) {
	case "testing/synctest.Test", "internal/synctest.Run":
		return true
	}
	return false
}

// trimVendor removes the standard library's vendor prefix.
func trimVendor(path string) string { return strings.TrimPrefix(path, "vendor/") }

// key returns "Func" or "Type.Method".
func key(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}

func on(op Op) *Effect             { return &Effect{Op: op} }
func counted(op Op, n int) *Effect { return &Effect{Op: op, N: n} }

func makes(op Op, result int, calls ...Callback) *Effect {
	return &Effect{Op: op, Res: -1 - result, Calls: calls}
}

func bare(op Op) *Effect { return &Effect{Op: op, Res: NoRes} }

func runs(mode Mode, arg int) *Effect {
	return &Effect{Op: Run, Res: NoRes, Calls: []Callback{{arg, mode}}}
}

func does(op Op, mode Mode, arg int) *Effect {
	return &Effect{Op: op, Calls: []Callback{{arg, mode}}}
}

var tables = map[string]map[string]*Effect{
	"sync": {
		"Mutex.Lock": on(Lock), "Mutex.Unlock": on(Unlock), "Mutex.TryLock": on(TryLock),
		"RWMutex.Lock": on(Lock), "RWMutex.Unlock": on(Unlock), "RWMutex.TryLock": on(TryLock),
		"RWMutex.RLock": on(RLock), "RWMutex.RUnlock": on(RUnlock), "RWMutex.TryRLock": on(TryRLock),
		"Locker.Lock": on(Lock), "Locker.Unlock": on(Unlock),
		"WaitGroup.Add": counted(WgAdd, 1), "WaitGroup.Done": on(WgDone), "WaitGroup.Wait": on(WgWait),
		"WaitGroup.Go": does(WgGo, Elsewhere, 1),
		"Cond.Wait":    on(CondWait), "Cond.Signal": on(CondSignal), "Cond.Broadcast": on(CondBroadcast),
		"Once.Do":  does(OnceDo, NowOnce, 1),
		"OnceFunc": makes(OnceFunc, 0, Callback{0, Later}), "OnceValue": makes(OnceFunc, 0, Callback{0, Later}),
		"OnceValues": makes(OnceFunc, 0, Callback{0, Later}),
		"Pool.Get":   on(PoolGet), "Pool.Put": on(PoolPut),
		"Map.Load": on(MapRead), "Map.Range": does(MapRead, Now, 1),
		"Map.Store": on(MapWrite), "Map.LoadOrStore": on(MapWrite), "Map.LoadAndDelete": on(MapWrite),
		"Map.Delete": on(MapWrite), "Map.Swap": on(MapWrite), "Map.CompareAndSwap": on(MapWrite),
		"Map.CompareAndDelete": on(MapWrite), "Map.Clear": on(MapWrite),
	},
	"sync/atomic": atomics(),
	"context": {
		"WithCancel": makes(NewCancel, 1), "WithCancelCause": makes(NewCancel, 1),
		"WithTimeout": makes(NewCancel, 1), "WithTimeoutCause": makes(NewCancel, 1),
		"WithDeadline": makes(NewCancel, 1), "WithDeadlineCause": makes(NewCancel, 1),
		"AfterFunc": makes(AfterFunc, 0, Callback{1, Elsewhere}),
		"WithValue": makes(CtxDerive, 0), "WithoutCancel": makes(CtxDerive, 0),
		"Context.Done": on(CtxDone), "Context.Err": on(CtxErr), "Cause": on(CtxErr),
	},
	"os/signal": {
		"NotifyContext": makes(NewCancel, 1),
		"Notify":        on(Notify), "Stop": bare(None),
	},
	"iter": {
		"Pull": makes(NewCancel, 1), "Pull2": makes(NewCancel, 1),
	},
	"time": {
		"Sleep": bare(Sleep), "After": makes(After, 0), "Tick": makes(Tick, 0),
		"NewTimer": makes(NewTimer, 0), "NewTicker": makes(NewTicker, 0),
		"AfterFunc":  makes(NewTimer, 0, Callback{1, Elsewhere}),
		"Timer.Stop": on(TimerStop), "Timer.Reset": on(TimerReset),
		"Ticker.Stop": on(TimerStop), "Ticker.Reset": on(TimerReset),
		"Now": bare(Clock), "Since": bare(Clock), "Until": bare(Clock),
		"Time.Before": bare(Clock), "Time.After": bare(Clock), "Time.Sub": bare(Clock), "Time.Equal": bare(Clock),
		"Time.Compare": bare(Clock), "Time.IsZero": bare(Clock), "Time.Add": bare(Clock),
		"Time.Unix": bare(Clock), "Time.UnixNano": bare(Clock),
	},
	"os": {"Exit": bare(Exit)},
	"log": {
		"Fatal": bare(Exit), "Fatalf": bare(Exit), "Fatalln": bare(Exit),
		"Logger.Fatal": bare(Exit), "Logger.Fatalf": bare(Exit), "Logger.Fatalln": bare(Exit),
		"Panic": bare(Panic), "Panicf": bare(Panic), "Panicln": bare(Panic),
		"Logger.Panic": bare(Panic), "Logger.Panicf": bare(Panic), "Logger.Panicln": bare(Panic),
	},
	"syscall": {"Exit": bare(Exit)},
	"runtime": {
		"Goexit": bare(Goexit), "Gosched": bare(Yield), "NumGoroutine": bare(Yield), "KeepAlive": bare(Yield),
		"SetFinalizer": runs(Later, 1), "AddCleanup": runs(Later, 1),
	},
	"testing": testingTable(),
	"testing/synctest": {
		"Test": runs(NowOnce, 1), "Wait": bare(Settle),
	},
	"internal/synctest": {
		"Run": runs(NowOnce, 0), "Wait": bare(Settle),
	},
	"net/http": {
		"HandleFunc": runs(Many, 1), "ServeMux.HandleFunc": runs(Many, 2),
		"Handle": runs(Many, 1), "ServeMux.Handle": runs(Many, 2),
		"ListenAndServe": runs(Many, 1), "ListenAndServeTLS": runs(Many, 3), "Serve": runs(Many, 1), "ServeTLS": runs(Many, 1),
	},
	"sort": {
		"Slice": runs(Now, 1), "SliceStable": runs(Now, 1), "Search": runs(Now, 1), "SliceIsSorted": runs(Now, 1),
		"Find": runs(Now, 1),
	},
	"slices": {
		"SortFunc": runs(Now, 1), "SortStableFunc": runs(Now, 1), "IndexFunc": runs(Now, 1),
		"ContainsFunc": runs(Now, 1), "DeleteFunc": runs(Now, 1), "BinarySearchFunc": runs(Now, 2),
		"CompactFunc": runs(Now, 1), "MinFunc": runs(Now, 1), "MaxFunc": runs(Now, 1),
		"EqualFunc": runs(Now, 2), "CompareFunc": runs(Now, 2), "IsSortedFunc": runs(Now, 1),
		"SortedFunc": runs(Now, 1), "SortedStableFunc": runs(Now, 1),
	},
	"maps": {"DeleteFunc": runs(Now, 1), "EqualFunc": runs(Now, 2)},
	"strings": {
		"Map": runs(Now, 0), "FieldsFunc": runs(Now, 1), "IndexFunc": runs(Now, 1), "LastIndexFunc": runs(Now, 1),
		"TrimFunc": runs(Now, 1), "TrimLeftFunc": runs(Now, 1), "TrimRightFunc": runs(Now, 1), "ContainsFunc": runs(Now, 1),
	},
	"bytes": {
		"Map": runs(Now, 0), "FieldsFunc": runs(Now, 1), "IndexFunc": runs(Now, 1), "TrimFunc": runs(Now, 1),
		"ContainsFunc": runs(Now, 1),
	},
	"path/filepath": {"Walk": runs(Now, 1), "WalkDir": runs(Now, 1)},
	"io/fs":         {"WalkDir": runs(Now, 2)},
	"go/ast":        {"Inspect": runs(Now, 1)},
	"flag":          {"VisitAll": runs(Now, 0), "Visit": runs(Now, 0), "FlagSet.VisitAll": runs(Now, 1), "FlagSet.Visit": runs(Now, 1)},
	"runtime/pprof": {"Do": runs(Now, 2)},
	"golang.org/x/sync/errgroup": {
		"Group.Go": does(GroupGo, Elsewhere, 1), "Group.TryGo": does(GroupTryGo, Elsewhere, 1),
		"Group.Wait": on(GroupWait), "Group.SetLimit": counted(GroupLimit, 1),
		"WithContext": makes(CtxDerive, 1),
	},
	"golang.org/x/sync/semaphore": {
		"Weighted.Acquire": counted(SemAcquire, 2), "Weighted.TryAcquire": counted(SemTryAcquire, 1),
		"Weighted.Release": counted(SemRelease, 1),
	},
	"golang.org/x/sync/singleflight": {
		"Group.Do": does(SingleDo, NowOnce, 2), "Group.DoChan": does(Run, Elsewhere, 2), "Group.Forget": bare(None),
	},
}

// atomics builds the table of sync/atomic: the functions on addresses and the
// methods of its types do the same.
func atomics() map[string]*Effect {
	table := make(map[string]*Effect)
	ops := map[string]Op{
		"Load": AtomicLoad, "Store": AtomicStore, "Add": AtomicUpdate, "And": AtomicUpdate, "Or": AtomicUpdate,
		"Swap": AtomicUpdate, "CompareAndSwap": AtomicCAS,
	}
	for name, op := range ops {
		for _, t := range []string{"Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer"} {
			if t == "Pointer" && (name == "Add" || name == "And" || name == "Or") {
				continue
			}
			table[name+t] = on(op)
			table[t+"."+name] = on(op)
		}
		if name == "Load" || name == "Store" || name == "Swap" || name == "CompareAndSwap" {
			table["Bool."+name] = on(op)
			table["Value."+name] = on(op)
		}
	}
	return table
}

// testingTable builds the table of package testing: T, B and F have most of
// their methods from the embedded common, which declares those of TB.
func testingTable() map[string]*Effect {
	table := map[string]*Effect{
		"T.Run":         {Op: Run, Res: NoRes, Calls: []Callback{{2, NowOnce}}},
		"B.Run":         {Op: Run, Res: NoRes, Calls: []Callback{{2, Now}}},
		"B.RunParallel": {Op: Run, Res: NoRes, Calls: []Callback{{1, ManyNow}}},
		"F.Fuzz":        {Op: Run, Res: NoRes, Calls: []Callback{{1, Now}}},
		"T.Parallel":    on(Parallel),
		"AllocsPerRun":  runs(Now, 1),
		"Benchmark":     runs(Now, 0),
	}
	for _, t := range []string{"common", "TB"} {
		for _, name := range []string{"FailNow", "Fatal", "Fatalf", "SkipNow", "Skip", "Skipf"} {
			table[t+"."+name] = on(Goexit)
		}
		table[t+".Cleanup"] = runs(Later, 1)
	}
	return table
}

// IsTicks reports whether t is a channel of times, as those of timers and
// tickers are.
func IsTicks(t types.Type) bool {
	if t == nil {
		return false
	}
	ch, ok := t.Underlying().(*types.Chan)
	return ok && isNamed(ch.Elem(), "time", "Time")
}

// IsContext reports whether t is the interface of contexts.
func IsContext(t types.Type) bool { return isNamed(t, "context", "Context") }

func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg && n.Obj().Name() == name
}

// IsBenchmark reports whether t is what a benchmark is handed.
func IsBenchmark(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamed(p.Elem(), "testing", "B")
}

// IsPartOf reports whether fn returns memory of its first operand, the receiver of a
// method, which holds what it does only until that is changed.
func IsPartOf(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() + "." + key(fn.Origin()) {
	case "bytes.Buffer.Bytes", "bytes.Buffer.Next", "bytes.Buffer.AvailableBuffer", "bufio.Reader.Peek", "bufio.Reader.ReadSlice", "bufio.Scanner.Bytes",
		"bytes.Trim", "bytes.TrimFunc", "bytes.TrimLeft", "bytes.TrimLeftFunc", "bytes.TrimPrefix", "bytes.TrimRight", "bytes.TrimRightFunc",
		"bytes.TrimSpace", "bytes.TrimSuffix":
		return true
	}
	return false
}
