package mc

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSearchWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "",
		" .,;'\"*()-:&|!\x00\n":      "",
		"Ship v1.2, FAST!":           "ship v1 2 fast",
		"don't foo_bar":              "don t foo bar",
		"Crème brûlée ÀÉÎÕÜ":         "creme brulee aeiou",
		"cafe\u0301":                 "cafe",
		"Straße Øre Łódź smørrebrød": "strasse ore lodz smorrebrod",
		"ΟΔΟΣ Ёлка":                  "οδοσ елка",
		"İstanbul ışık":              "istanbul isik",
		"ＡＢＣ１２ ﬁn":                   "abc12 fin",
		"東京都":                        "東京 京都 都",
		"字":                          "字",
		"v2東京 beta":                  "v2 東京 京 beta",
		"サーバー":                       "サー ーバ バー ー",
		"ｶﾞｽ":                        "ガス ス",
		"서울특별시 가":                    "서울 울특 특별 별시 시 가",
		"สวัสดี":                     "สวั วัส สดี ดี",
		"हिन्दी भाषा":                "हिन्दी भाषा",
		"x² ½":                       "x2 12",
		"a\u200bb":                   "a b",
		strings.Repeat("é", 100):     strings.Repeat("e", 64),
	} {
		if got := strings.Join(SearchWords(text), " "); got != want {
			t.Errorf("%q is cut into %q, want %q", text, got, want)
		}
	}
}

func TestSearchTerms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]SearchTerm{
		"":             nil,
		`" * AND (`:    {{"and", true}},
		"foo Bár":      {{"foo", false}, {"bar", true}},
		"foo ":         {{"foo", true}},
		"東":            {{"東", true}},
		"東京":           {{"東京", false}},
		"東京都 foo":      {{"東京", false}, {"京都", false}, {"foo", true}},
		"foo 東":        {{"foo", false}, {"東", true}},
		"title:x OR y": {{"title", false}, {"x", false}, {"or", false}, {"y", true}},
	} {
		if diff := cmp.Diff(want, ParseSearch(text).Terms()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	if n := len(ParseSearch(strings.Repeat("word ", 1000)).Terms()); n != maxQueryParts {
		t.Errorf("%d terms of a long query", n)
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	q := ParseSearch("invoice exp")
	fresh, old := now, now.Add(-365*24*time.Hour)
	// From the best to the worst.
	ladder := []SearchDocument{
		{FindBoard, "Invoice export", "", fresh},
		{FindTask, "Invoice export", "", fresh},
		{FindTask, "Invoice export", "", old},
		{FindTask, "Say what an invoice is and what an export might be", "", fresh},
		{FindTask, "Invoice", "the export", fresh},
		{FindTask, "Other", "the invoice export, the other invoice", fresh},
		{FindTask, "Other", "the invoice export", fresh},
		{FindComment, "Invoice export", "the invoice export", old},
	}
	last := 1e9
	for _, d := range ladder {
		score, ok := q.Score(d, now)
		if !ok || score >= last {
			t.Errorf("%+v: %v %v, the one before has %v", d, score, ok, last)
		}
		last = score
	}
	for _, d := range []SearchDocument{
		{FindTask, "Invoice", "", fresh}, {FindTask, "Invoices exported", "", fresh}, {FindComment, "Invoice export", "", fresh}, {},
	} {
		if score, ok := q.Score(d, now); ok {
			t.Errorf("%+v scores %v though a word is missing", d, score)
		}
	}
	if _, ok := ParseSearch("東京都").Score(SearchDocument{Kind: FindTask, Body: "東京と京都"}, now); ok {
		t.Error("characters that do not follow each other are found")
	}
	if _, ok := ParseSearch("京都").Score(SearchDocument{Kind: FindTask, Body: "東京都"}, now); !ok {
		t.Error("two characters within a run are not found")
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	show := strings.NewReplacer(MarkStart, "[", MarkEnd, "]")
	filler := strings.TrimSpace(strings.Repeat("lorem ipsum ", 30))
	for _, tc := range []struct{ query, text, want string }{
		{"export", "Ship the Exports today", "Ship the [Exports] today"},
		{"brulee", "Eat\n\ta  Crème Brûlée\x07!", "Eat a Crème [Brûlée] !"},
		{"京都", "これは東京都です", "これは東[京都]です"},
		{"a", "a \u0002b\u0003 <b>a</b>", "[a] b <b>[a]</b>"},
		{"zebra", "Nothing of it", "Nothing of it"},
		{"needle", filler + " needle " + filler, "…lorem ipsum lorem ipsum lorem ipsum [needle] lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem ipsum lorem…"},
	} {
		got := show.Replace(ParseSearch(tc.query).Snippet(tc.text))
		if got != tc.want {
			t.Errorf("%q in %.40q:\n got %q\nwant %q", tc.query, tc.text, got, tc.want)
		}
	}
	if got := show.Replace(ParseSearch("one two").Mark("One, two; Twofold")); got != "[One], [two]; [Twofold]" {
		t.Errorf("marked %q", got)
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("foo bar", "a foo and a barrel")
	f.Add("東京", "東京都\u0301 v2東")
	f.Add(`"x" NEAR(y, 2)*`, "ﾊﾟ\u3099 한\u1161 \xff\xfe")
	f.Fuzz(func(t *testing.T, query, text string) {
		q := ParseSearch(query)
		words := SearchWords(text)
		for _, word := range append(words, termTexts(q)...) {
			if word == "" || !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return !inWord(r) }) {
				t.Errorf("%q is no word", word)
			}
		}
		d := SearchDocument{Kind: FindTask, Title: text, Body: text}
		if _, ok := q.Score(d, now); ok && !indexFinds(q, words) {
			t.Errorf("%q is found in %q, but not by the index %q", query, text, words)
		}
		for _, shown := range []string{q.Snippet(text), q.Mark(text)} {
			if strings.Count(shown, MarkStart) != strings.Count(shown, MarkEnd) {
				t.Errorf("%q has marks without an end", shown)
			}
		}
		if valid := strings.ToValidUTF8(text, ""); valid != "" {
			if whole, ok := ParseSearch(valid).Score(SearchDocument{Kind: FindTask, Body: valid}, now); !ok && !ParseSearch(valid).Empty() {
				t.Errorf("%q does not find itself: %v", valid, whole)
			}
		}
	})
}

func termTexts(q SearchQuery) (texts []string) {
	for _, term := range q.Terms() {
		texts = append(texts, term.Text)
	}
	return texts
}

// indexFinds does what the index of a database does.
func indexFinds(q SearchQuery, words []string) bool {
	for _, term := range q.Terms() {
		found := false
		for _, w := range words {
			found = found || w == term.Text || term.Prefix && strings.HasPrefix(w, term.Text)
		}
		if !found {
			return false
		}
	}
	return true
}
