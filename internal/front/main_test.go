package front_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/front"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// asCommand is the environment variable that makes the test binary behave as
// the command, with the toy checks below.
const asCommand = "CONCURRENCYVET_TEST_AS_COMMAND"

// asGo is the environment variable that makes the test binary behave as a go
// command that has something the matter with it.
const asGo = "CONCURRENCYVET_TEST_AS_GO"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "go" {
		os.Exit(oddGo(os.Getenv(asGo)))
	}
	if os.Getenv(asCommand) == "" {
		os.Exit(m.Run())
	}
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError) // drop go test's
	suite := &front.Suite{
		Checks: []passes.Check{
			{Analyzer: bad, Group: passes.Correctness, Status: passes.Stable, Since: "v0.1.0"},
			{Analyzer: callbad, Group: passes.Suspicious, Status: passes.Stable, Since: "v0.1.0"},
			{Analyzer: fails, Group: passes.Correctness, Status: passes.Stable, Since: "v0.1.0"},
			{Analyzer: mend, Group: passes.Suspicious, Status: passes.Preview, Since: "v0.2.0"},
			{Analyzer: newish, Group: passes.Correctness, Status: passes.Preview, Since: "v0.2.0"},
			{Analyzer: taste, Group: passes.Pedantic, Status: passes.Stable, Since: "v0.1.0"},
		},
		Borrowings: []passes.Check{
			{Analyzer: lent, Group: passes.Suspicious, Status: passes.Borrowed, Since: "v0.2.0"},
		},
		FactProducers: []*analysis.Analyzer{badness},
	}
	switch args := os.Args[1:]; front.WayIn(args) {
	case front.Tool:
		suite.Tool(os.Args)
	case front.Standalone:
		suite.Standalone(os.Args)
	default:
		os.Exit(suite.Main(args, os.Stdout, os.Stderr))
	}
}

// The toy checks look at the names of functions only.
var (
	bad     = newBad()
	badness = &analysis.Analyzer{
		Name:       "badness",
		Doc:        "export which functions are bad",
		FactTypes:  []analysis.Fact{new(isBad)},
		Run:        exportBadness,
		ResultType: reflect.TypeFor[func(*types.Func) bool](),
	}
	callbad = &analysis.Analyzer{
		Name:     "callbad",
		Doc:      "callbad: report calls of bad functions",
		Requires: []*analysis.Analyzer{badness},
		Run:      reportCalls,
	}
	fails = &analysis.Analyzer{
		Name:     "fails",
		Doc:      "fails: fail on functions that say so",
		Requires: []*analysis.Analyzer{shaky},
		Run:      failOnFunctions,
	}
	shaky = &analysis.Analyzer{
		Name: "shaky",
		Doc:  "fail on a function named FailBelow",
		Run: func(pass *analysis.Pass) (any, error) {
			if len(functions(pass, "FailBelow")) > 0 {
				return nil, errors.New("the ground shakes")
			}
			return nil, nil
		},
	}
	lent   = &analysis.Analyzer{Name: "lent", Doc: "check for functions named Ugly", Run: reporter("Ugly")}
	newish = &analysis.Analyzer{Name: "newish", Doc: "newish: report functions named New", Run: reporter("New")}
	mend   = &analysis.Analyzer{Name: "mend", Doc: "mend: make the fixes that comments ask for", Run: reportMends}
	taste  = &analysis.Analyzer{Name: "taste", Doc: "taste: report functions named Ugly", Run: reporter("Ugly")}
)

// newBad returns a check with a fix, a related position and a flag.
func newBad() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: "bad",
		Doc:  "bad: report functions named Bad\n\nBad functions are bad.",
		URL:  "https://example.com/bad",
	}
	also := ""
	a.Flags.StringVar(&also, "also", "", "report functions with this prefix, too")
	a.Run = func(pass *analysis.Pass) (any, error) {
		decls := functions(pass, "Bad")
		if also != "" {
			decls = append(decls, functions(pass, also)...)
		}
		for _, decl := range decls {
			clause := fileOf(pass, decl).Name
			pass.Report(analysis.Diagnostic{
				Pos: decl.Name.Pos(), End: decl.Name.End(),
				Message: fmt.Sprintf("%s is bad", decl.Name.Name),
				Related: []analysis.RelatedInformation{
					{Pos: clause.Pos(), End: clause.End(), Message: "its package is here"},
					{Pos: pass.Files[0].Package, Message: "the first file of the package"},
				},
				SuggestedFixes: []analysis.SuggestedFix{{
					Message: "Make it good",
					TextEdits: []analysis.TextEdit{{
						Pos: decl.Name.Pos(), End: decl.Name.Pos() + token.Pos(len("Bad")), NewText: []byte("Good"),
					}},
				}},
			})
		}
		return nil, nil
	}
	return a
}

type isBad struct{ Name string }

func (*isBad) AFact() {}

func exportBadness(pass *analysis.Pass) (any, error) {
	for _, decl := range functions(pass, "Bad") {
		pass.ExportObjectFact(pass.TypesInfo.Defs[decl.Name], &isBad{decl.Name.Name})
	}
	return func(fn *types.Func) bool { return pass.ImportObjectFact(fn, new(isBad)) }, nil
}

func reportCalls(pass *analysis.Pass) (any, error) {
	isBad := pass.ResultOf[badness].(func(*types.Func) bool)
	for _, file := range pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			fn, ok := pass.TypesInfo.Uses[sel.Sel].(*types.Func)
			if ok && isBad(fn) {
				pass.Report(analysis.Diagnostic{Pos: sel.Pos(), End: sel.End(), Message: fn.Name() + " is called"})
			}
			return true
		})
	}
	return nil, nil
}

func failOnFunctions(pass *analysis.Pass) (any, error) {
	if len(functions(pass, "Panic")) > 0 {
		panic("no way on")
	}
	if len(functions(pass, "FailHere")) > 0 {
		return nil, errors.New("no strength left")
	}
	return nil, nil
}

// reportMends reports comments of the form //mend:fix "old" "new", for whose fix the text that
// comes next is replaced, or of the form //mend:fix "old" "new" "file", for that in another
// file of the package.
func reportMends(pass *analysis.Pass) (any, error) {
	for _, file := range pass.Files {
		for _, group := range file.Comments {
			for _, c := range group.List {
				if err := reportMend(pass, c); err != nil {
					return nil, err
				}
			}
		}
	}
	return nil, nil
}

func reportMend(pass *analysis.Pass, c *ast.Comment) error {
	var from, to, other string
	if n, _ := fmt.Sscanf(c.Text, "//mend:fix %q %q %q", &from, &to, &other); n < 2 {
		return nil
	}
	at := pass.Fset.File(c.Pos())
	begin := at.Offset(c.End())
	if other != "" {
		begin = 0
		for _, file := range pass.Files {
			if f := pass.Fset.File(file.FileStart); filepath.Base(f.Name()) == other {
				at = f
			}
		}
	}
	data, err := pass.ReadFile(at.Name())
	if err != nil {
		return err
	}
	i := strings.Index(string(data[begin:]), from)
	if i < 0 {
		return nil
	}
	pass.Report(analysis.Diagnostic{
		Pos: c.Pos(), End: c.End(), Message: "there is something to mend",
		SuggestedFixes: []analysis.SuggestedFix{{
			Message:   "Mend it",
			TextEdits: []analysis.TextEdit{{Pos: at.Pos(begin + i), End: at.Pos(begin + i + len(from)), NewText: []byte(to)}},
		}},
	})
	return nil
}

// reporter returns a check that reports functions with a prefix.
func reporter(prefix string) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		for _, decl := range functions(pass, prefix) {
			pass.Report(analysis.Diagnostic{
				Pos: decl.Name.Pos(), End: decl.Name.End(), Message: decl.Name.Name + " is " + strings.ToLower(prefix),
			})
		}
		return nil, nil
	}
}

// functions returns the functions of the package whose names have a prefix.
func functions(pass *analysis.Pass, prefix string) []*ast.FuncDecl {
	var decls []*ast.FuncDecl
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, prefix) {
				decls = append(decls, fn)
			}
		}
	}
	return decls
}

// fileOf returns the file of a node.
func fileOf(pass *analysis.Pass, n ast.Node) *ast.File {
	for _, file := range pass.Files {
		if file.FileStart <= n.Pos() && n.Pos() < file.FileEnd {
			return file
		}
	}
	panic("no file")
}

// oddGo behaves as a go command that has something the matter with it.
func oddGo(what string) int {
	switch os.Args[1] {
	case "env":
		if what == asWaiting {
			return 0
		}
		fmt.Println("go1.25.1")
		return 0
	case "list":
		fmt.Println("example.com/m")
		return 0
	}
	switch what {
	case "old": // the JSON comes on standard error
		fmt.Fprint(os.Stderr, "# example.com/m\n{}\n")
	case "older": // a flag is not known
		fmt.Fprint(os.Stderr, "flag provided but not defined: -fix\nusage: go vet [build flags]\n")
		return 2
	case "silent":
		return 7
	case "strange":
		fmt.Fprint(os.Stderr, "the moon is full\n")
		return 1
	case "garbled":
		fmt.Print(`{"example.com/m": {"bad": 7}}`)
	case "noisy":
		fmt.Println("# example.com/m")
		fmt.Println("hello")
		fmt.Println(`{"example.com/m": {"bad": [{"posn": "x.go:1:2", "message": "y"}]}}`)
	case asWaiting:
		if dir, err := os.Getwd(); err != nil || !strings.HasPrefix(filepath.Base(dir), "concurrencyvet-") {
			fmt.Println(`{"example.com/m": {"callbad": [{"posn": "x.go:1:2", "message": "y"}]}}`)
			return 0
		}
		return wait()
	case "waiting":
		return wait()
	}
	return 0
}

// asWaiting is the value of asGo for waiting only in the work tree of a revision.
const asWaiting = "waiting at the revision"

// wait waits for an interrupt.
func wait() int {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	fmt.Fprintln(os.Stderr, "go: downloading patience")
	<-signals
	fmt.Fprintln(os.Stderr, "interrupted")
	return 1
}
