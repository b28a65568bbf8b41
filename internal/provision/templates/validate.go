package templates

import "missioncontrol/internal/mc"

// Validate reports whether a text may be the identity or soul template of an
// agent of this kind. What is wrong is an *Error, fit to be shown.
func Validate(source string, kind Kind) error {
	p, err := compile(source)
	if err != nil {
		return err
	}
	return p.check(Variables(sample(kind)))
}

// sample is an input of the kind with nothing in it. Its variables are those
// that the kind knows.
func sample(kind Kind) Input {
	if kind == Main {
		return Input{}
	}
	return Input{Agent: mc.Agent{BoardID: &mc.ID{}, IsBoardLead: kind == Lead}, Board: &mc.Board{}}
}
