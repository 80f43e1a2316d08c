package config

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Lines are the lines on which the keys of a file stand, by their dotted names;
// an element of a list has its index, as in paths[0].glob.
type lines map[string]int

// linesOf returns the lines of the keys. What is after a mistake in the syntax
// is missing; decoding has reported that.
func linesOf(data []byte) lines {
	l := make(lines)
	count := make(map[string]int) // of elements in lists of tables
	table := ""
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			table, _ = l.key(&p, e.Key(), "", count)
		case unstable.ArrayTable:
			name, line := l.key(&p, e.Key(), "", count)
			table = fmt.Sprintf("%s[%d]", name, count[name])
			l[table] = line
			count[name]++
		case unstable.KeyValue:
			l.value(&p, e, table, count)
		}
	}
	return l
}

// key notes the line of a key below a table, and returns its dotted name and that
// line. In the name of a list of tables that has elements, the last of these is meant.
func (l lines) key(p *unstable.Parser, it unstable.Iterator, table string, count map[string]int) (name string, line int) {
	name = table
	for first := true; it.Next(); first = false {
		if n := count[name]; n > 0 && !first {
			name = fmt.Sprintf("%s[%d]", name, n-1)
		}
		node := it.Node()
		name = strings.TrimPrefix(name+"."+string(node.Data), ".")
		line = p.Shape(node.Raw).Start.Line
		if _, ok := l[name]; !ok {
			l[name] = line
		}
	}
	return name, line
}

// value notes the lines of a key and of the keys within its value.
func (l lines) value(p *unstable.Parser, kv *unstable.Node, table string, count map[string]int) {
	name, _ := l.key(p, kv.Key(), table, count)
	l.within(p, name, kv.Value(), count)
}

// within notes the lines of the keys within a value.
func (l lines) within(p *unstable.Parser, name string, v *unstable.Node, count map[string]int) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			l.value(p, it.Node(), name, count)
		}
	case unstable.Array:
		for it, i := v.Children(), 0; it.Next(); i++ {
			elem := fmt.Sprintf("%s[%d]", name, i)
			l[elem] = l[name]
			l.within(p, elem, it.Node(), count)
		}
	}
}
