package mc

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SearchDocument is what a query is held against.
type SearchDocument struct {
	Kind      SearchKind
	Title     string
	Body      string
	CreatedAt Time
}

// What a word counts, by where and how it was found.
const (
	scoreTitle       = 10.0
	scoreTitlePrefix = 6.0
	scoreBody        = 3.0
	scoreBodyPrefix  = 2.0
	scoreRepeated    = 0.3 // for each further time in the body, up to repeatsCounted
	repeatsCounted   = 5
	scoreCoverage    = 4.0 // for a title of nothing but the query
	scoreBoard       = 1.0 // of two equals the board is what people go to
	scoreRecent      = 2.0 // for something new; half of it after recentHalf
	recentHalf       = 14 * 24 * time.Hour
)

// Score tells how well a document answers the query, and false when it lacks a
// word of it. Words in a title count more than those in a text, whole words more
// than beginnings, and new things more than old ones.
func (q SearchQuery) Score(d SearchDocument, now Time) (score float64, ok bool) {
	var title []segment
	if d.Kind.Titled() {
		title = segments(d.Title)
	}
	body := segments(d.Body)
	inTitle := 0
	for _, p := range q.parts {
		best := 0.0
		if n, exact := p.count(title); n > 0 {
			inTitle++
			best = either(exact, scoreTitle, scoreTitlePrefix)
		}
		if n, exact := p.count(body); n > 0 {
			best = max(best, either(exact, scoreBody, scoreBodyPrefix)) + scoreRepeated*float64(min(n-1, repeatsCounted))
		}
		if best == 0 {
			return 0, false
		}
		score += best
	}
	if len(q.parts) == 0 {
		return 0, false
	}
	score /= float64(len(q.parts))
	if len(title) > 0 {
		found := float64(inTitle)
		score += scoreCoverage * min(1, found/float64(len(title))) * found / float64(len(q.parts))
	}
	if d.Kind == FindBoard {
		score += scoreBoard
	}
	age := max(0, now.Sub(d.CreatedAt))
	return score + scoreRecent*float64(recentHalf)/float64(recentHalf+age), true
}

func either(yes bool, a, b float64) float64 {
	if yes {
		return a
	}
	return b
}

// count tells how often a part occurs, and whether it does as a whole word.
func (p queryPart) count(in []segment) (n int, exact bool) {
	for _, s := range in {
		found, whole := p.find(s)
		n += len(found)
		exact = exact || whole
	}
	return n, exact
}

// What was found stands between two control characters, which are taken out of
// the text itself: whatever a text holds, it cannot look like a mark.
const (
	MarkStart = "\u0002"
	MarkEnd   = "\u0003"
)

const (
	snippetLength = 160 // in characters
	snippetBefore = 40  // of them before what was found
)

// Mark is a text with what was found in it between marks, on one line.
func (q SearchQuery) Mark(text string) string { return marked(text, q.spans(text)) }

// Snippet is the piece of a text around what was found in it, with marks, on one
// line; dots stand for what was left out. It is the beginning of the text when
// nothing was found in it.
func (q SearchQuery) Snippet(text string) string {
	spans := q.spans(text)
	from := 0
	if len(spans) > 0 {
		from = back(text, densest(spans).start, snippetBefore)
	}
	to := forward(text, from, snippetLength)
	var shown []span
	for _, s := range spans {
		if s.start >= from && s.end <= to {
			shown = append(shown, span{s.start - from, s.end - from})
		}
	}
	snippet := strings.TrimSpace(marked(text[from:to], shown))
	if from > 0 {
		snippet = "…" + snippet
	}
	if to < len(text) {
		snippet += "…"
	}
	return snippet
}

// spans are the pieces of a text that the query finds, in order, without overlaps.
func (q SearchQuery) spans(text string) []span {
	var all []span
	for _, s := range segments(text) {
		for _, p := range q.parts {
			found, _ := p.find(s)
			all = append(all, found...)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var merged []span
	for _, s := range all {
		if n := len(merged); n > 0 && s.start <= merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, s.end)
		} else {
			merged = append(merged, s)
		}
	}
	return merged
}

// densest is the first of the spans that most others follow closely.
func densest(spans []span) span {
	best, most := spans[0], 0
	for i, last := 0, 0; i < len(spans); i++ {
		for last = max(last, i); last < len(spans) && spans[last].end-spans[i].start <= snippetLength-snippetBefore; last++ {
		}
		if n := last - i; n > most {
			best, most = spans[i], n
		}
	}
	return best
}

// back goes back some characters, and from there on to the next blank.
func back(text string, at, characters int) int {
	from := at
	for ; characters > 0 && from > 0; characters-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if from == 0 {
		return 0
	}
	if blank := strings.IndexFunc(text[from:at], unicode.IsSpace); blank >= 0 {
		return from + blank
	}
	return from
}

// forward goes on some characters, and from there back to the end of a word.
func forward(text string, from, characters int) int {
	to := from
	for ; characters > 0 && to < len(text); characters-- {
		_, size := utf8.DecodeRuneInString(text[to:])
		to += size
	}
	if to == len(text) {
		return to
	}
	if blank := strings.LastIndexFunc(text[from:to], unicode.IsSpace); blank > (to-from)/2 {
		return from + blank
	}
	return to
}

// marked puts marks around spans, and everything on one line.
func marked(text string, spans []span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(oneLine(text[at:s.start]))
		b.WriteString(MarkStart + oneLine(text[s.start:s.end]) + MarkEnd)
		at = s.end
	}
	b.WriteString(oneLine(text[at:]))
	return b.String()
}

// oneLine replaces blanks and control characters by single blanks.
func oneLine(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			gap = true
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte(' ')
	}
	return b.String()
}
