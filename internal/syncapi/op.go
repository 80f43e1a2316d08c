// Package syncapi is the model of Go's concurrency operations: what each
// operation of the language, of sync, sync/atomic, context, time, testing and
// of the golang.org/x/sync modules does to which of its operands.
//
// It is data with a lookup. No other package spells the names of those
// functions, so what the suite knows of the standard library does not depend
// on facts, which some drivers do not compute for it.
package syncapi

// An Op is a kind of concurrency operation. The first group is the
// language's own; the rest are calls of library functions.
type Op uint8

// The operations.
const (
	None Op = iota

	// Language.

	MakeChan // make(chan T, N)
	Send     // ch <- v
	Recv     // <-ch, for range ch
	Close    // close(ch)
	Len      // len(ch): looks at a channel and does not block
	Select   // the head of a select statement
	Default  // the default arm of a select statement
	Go       // starts a goroutine
	Defer    // defers a call
	Call     // calls a function that does something of this list, or may
	Return   // normal return
	Panic    // explicit panic
	Recover  // recover()
	Store    // a channel, function or lock is stored where others may find it
	Set      // a condition variable (boolean, pointer) gets a new value
	Read     // memory that others may have is read
	Write    // and written
	Rebind   // a variable is given something else than what its name stands for
	Work     // anything else that takes time: an opaque call, a loop, a store to memory

	// sync.

	Lock
	Unlock
	RLock
	RUnlock
	TryLock
	TryRLock
	WgAdd
	WgDone
	WgWait
	WgGo
	CondWait
	CondSignal
	CondBroadcast
	OnceDo
	OnceFunc
	PoolGet
	PoolPut
	MapRead
	MapWrite

	// sync/atomic.

	AtomicLoad
	AtomicStore
	AtomicUpdate // read-modify-write: Add, And, Or, Swap
	AtomicCAS

	// context.

	NewCancel // makes a cancel function (or a stop function of its kind)
	CtxDerive // makes a context from another
	CtxDone   // reads the Done channel
	CtxErr    // looks at the context and does not block
	AfterFunc // runs a function on its own goroutine later, result stops it
	Cancel    // calls a cancel or stop function

	// time.

	NewTimer
	NewTicker
	TimerStop
	TimerReset
	After
	Tick
	Sleep
	Clock // reads the time

	// golang.org/x/sync and kin.

	GroupGo
	GroupTryGo
	GroupWait
	GroupLimit
	SemAcquire
	SemTryAcquire
	SemRelease
	SingleDo

	// Control.

	Exit   // ends the process
	Goexit // ends the goroutine, running its deferred calls
	Yield  // runtime.Gosched
	Run    // runs a callback, now, later or elsewhere
	Notify // signal.Notify
	Parallel
	Count   // a loop that ends by its counter is entered, or its counter advances
	Poll    // a loop that does nothing looks at memory again, by which alone it ends
	Settle  // waits until all other goroutines of a test are blocked or have ended
	Require // an assertion that ends the goroutine if it fails, beside the call that it is
	numOps
)

var opNames = [numOps]string{
	None: "none", MakeChan: "make", Send: "send", Recv: "recv", Close: "close", Len: "len", Select: "select",
	Default: "default", Go: "go", Defer: "defer", Call: "call", Return: "return", Panic: "panic", Recover: "recover",
	Store: "store", Set: "set", Read: "read", Write: "write", Rebind: "rebind", Work: "work",
	Lock: "lock", Unlock: "unlock", RLock: "rlock", RUnlock: "runlock", TryLock: "trylock", TryRLock: "tryrlock",
	WgAdd: "add", WgDone: "done", WgWait: "wait", WgGo: "wg.go", CondWait: "cond.wait", CondSignal: "cond.signal",
	CondBroadcast: "cond.broadcast", OnceDo: "once.do", OnceFunc: "oncefunc", PoolGet: "pool.get", PoolPut: "pool.put",
	MapRead: "map.read", MapWrite: "map.write",
	AtomicLoad: "atomic.load", AtomicStore: "atomic.store", AtomicUpdate: "atomic.update", AtomicCAS: "atomic.cas",
	NewCancel: "newcancel", CtxDerive: "ctx.derive", CtxDone: "ctx.done", CtxErr: "ctx.err", AfterFunc: "afterfunc", Cancel: "cancel",
	NewTimer: "newtimer", NewTicker: "newticker", TimerStop: "timer.stop", TimerReset: "timer.reset", After: "after", Tick: "tick",
	Sleep: "sleep", Clock: "clock",
	GroupGo: "group.go", GroupTryGo: "group.trygo", GroupWait: "group.wait", GroupLimit: "group.limit",
	SemAcquire: "sem.acquire", SemTryAcquire: "sem.tryacquire", SemRelease: "sem.release", SingleDo: "single.do",
	Exit: "exit", Goexit: "goexit", Yield: "yield", Run: "run", Notify: "notify", Parallel: "parallel", Count: "count", Poll: "poll",
	Settle: "settle", Require: "require",
}

// String returns the operation's name as skeletons print it.
func (op Op) String() string { return opNames[op] }

// Ops yields all operations.
func Ops(yield func(Op) bool) {
	for op := None + 1; op < numOps && yield(op); op++ {
	}
}

// Ends reports whether control does not come back from op.
func (op Op) Ends() bool { return op == Exit || op == Goexit }

// Blocks reports whether op may wait for another goroutine or for time.
// An arm of a select statement does not block by itself; its head does.
func (op Op) Blocks() bool {
	switch op {
	case Send, Recv, Select, Lock, RLock, WgWait, CondWait, OnceDo, Sleep, GroupGo, GroupWait, SemAcquire, SingleDo:
		return true
	}
	return false
}

// A Mode says when and where a callback runs.
type Mode uint8

// The modes of running a callback.
const (
	Unknown   Mode = iota // any time, anywhere
	Now                   // before the call returns, on the same goroutine, any number of times
	NowOnce               // before the call returns, on the same goroutine, at most once
	Later                 // after the call has returned, at one time, on some goroutine
	Elsewhere             // on a goroutine of its own, once
	Many                  // on many goroutines, perhaps at once
	ManyNow               // on many goroutines, all of which end before the call returns
)

var modeNames = [...]string{"unknown", "now", "once", "later", "go", "many", "many now"}

// String returns the mode's name as skeletons print it.
func (m Mode) String() string { return modeNames[m] }

// A Callback says that the function in operand Arg runs in the given mode.
type Callback struct {
	Arg  int // operand, the receiver being the first
	Mode Mode
}

// Starts reports whether the callback runs on a goroutine of its own.
func (m Mode) Starts() bool { return m == Elsewhere || m == Many || m == ManyNow }

// An Effect says what a call of a library function does.
type Effect struct {
	Op Op
	// Res is the operand that the operation acts on, the receiver being
	// operand 0 of a method. It is -1-i for result i, and NoRes if there is none.
	Res int
	// N is the operand that holds a count (Add, Acquire), or 0 if none does.
	N int
	// Calls are the callbacks that the function runs.
	Calls []Callback
}

// NoRes stands in Effect.Res for an operation that acts on no operand.
const NoRes = -100
