package pull

import (
	"fmt"
	"runtime/debug"
)

// Panic is the error of a rule that panicked on a request. Other requests aren't
// affected.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// want runs the rule.
func (rule Rule) want(r *Request) (w Want, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return rule.Want(r), nil
}
