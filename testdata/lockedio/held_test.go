package lockedio

// What tests have for an interface is not what the code called.

type (
	noPing     struct{}
	countPing  struct{ n int }
	failPing   struct{}
	recordPing struct{ at []int }
)

func (noPing) ping()        {}
func (p *countPing) ping()  { p.n++ }
func (failPing) ping()      { panic("pinged") }
func (p *recordPing) ping() { p.at = append(p.at, len(p.at)) }

var _ = []pinger{noPing{}, &countPing{}, failPing{}, &recordPing{}}
