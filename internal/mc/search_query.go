package mc

import "strings"

// SearchKind is a kind of thing that is found.
type SearchKind string

// The kinds of things that are found.
const (
	FindTask        SearchKind = "task"
	FindComment     SearchKind = "comment"
	FindMemory      SearchKind = "memory"
	FindGroupMemory SearchKind = "group_memory"
	FindBoard       SearchKind = "board"
)

// Values lists the kinds, for validation and documentation.
func (SearchKind) Values() []string {
	return []string{string(FindTask), string(FindComment), string(FindMemory), string(FindGroupMemory), string(FindBoard)}
}

// Valid reports whether k is one of the kinds.
func (k SearchKind) Valid() bool {
	switch k {
	case FindTask, FindComment, FindMemory, FindGroupMemory, FindBoard:
		return true
	}
	return false
}

// Titled reports whether things of this kind have a title of their own; others
// are shown under that of what they belong to, which is not searched.
func (k SearchKind) Titled() bool { return k == FindTask || k == FindBoard }

// SearchQuery is what somebody looks for: words, all of which have to be found.
// Nothing in it is an operator.
type SearchQuery struct{ parts []queryPart }

// queryPart is a word or a run of characters.
type queryPart struct {
	text   string
	run    []string // its characters; nil: a word
	prefix bool     // the word may go on: it is the last one, and still being typed
}

// maxQueryParts bounds the cost of a query; what follows is ignored.
const maxQueryParts = 16

// ParseSearch reads a query. Any text is one.
func ParseSearch(text string) SearchQuery {
	var q SearchQuery
	for _, s := range segments(text) {
		part := queryPart{text: s.text}
		for _, c := range s.run {
			part.run = append(part.run, c.text)
		}
		if q.parts = append(q.parts, part); len(q.parts) == maxQueryParts {
			break
		}
	}
	if n := len(q.parts); n > 0 && q.parts[n-1].run == nil {
		q.parts[n-1].prefix = true
	}
	return q
}

// Empty reports whether the query has no words.
func (q SearchQuery) Empty() bool { return len(q.parts) == 0 }

// SearchTerm is a word to look up in the index.
type SearchTerm struct {
	Text   string
	Prefix bool // or any that begins with it
}

// Terms are the words to look up, all of which a document needs to have. The
// index knows nothing of the order of words: Score looks at that.
func (q SearchQuery) Terms() []SearchTerm {
	var terms []SearchTerm
	for _, p := range q.parts {
		switch n := len(p.run); {
		case p.run == nil:
			terms = append(terms, SearchTerm{p.text, p.prefix})
		case n == 1:
			terms = append(terms, SearchTerm{p.run[0], true})
		default:
			for i := range min(n-1, maxQueryParts) {
				terms = append(terms, SearchTerm{Text: p.run[i] + p.run[i+1]})
			}
		}
	}
	return terms
}

// span is a piece of a text, in bytes.
type span struct{ start, end int }

// find looks for the part in a segment; exact tells that it is all of the word,
// or part of a run.
func (p queryPart) find(s segment) (found []span, exact bool) {
	switch {
	case p.run == nil && s.run == nil:
		exact = s.text == p.text
		if exact || p.prefix && strings.HasPrefix(s.text, p.text) {
			found = []span{{s.start, s.end}}
		}
	case p.run != nil && s.run != nil:
		for i := 0; i+len(p.run) <= len(s.run); i++ {
			if s.reads(i, p.run) {
				found, exact = append(found, span{s.run[i].start, s.run[i+len(p.run)-1].end}), true
			}
		}
	}
	return found, exact
}

// reads reports whether the run goes on like this from a place.
func (s segment) reads(from int, characters []string) bool {
	for i, c := range characters {
		if s.run[from+i].text != c {
			return false
		}
	}
	return true
}
