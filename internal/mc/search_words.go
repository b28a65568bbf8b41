package mc

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Search reads texts the same way whichever database keeps the index: what a
// word is does not depend on an engine or its locale.
//
// A word is a run of letters and digits, without case and diacritics. Scripts
// that are written without blanks between words, such as Chinese, Japanese,
// Korean and Thai, are read two characters at a time: 東京都 is 東京, 京都 and,
// as its tail, 都. So two characters find their text anywhere within a run.

const (
	// SearchableLength is how many characters of a text are searched.
	SearchableLength = 20_000
	// longestWord is where a word is cut.
	longestWord = 64
)

// segment is a word, or a run of characters of scripts without blanks, with
// its place in the text in bytes.
type segment struct {
	text       string // normalized; empty for a run
	start, end int
	run        []character // nil: a word
}

type character struct {
	text       string
	start, end int
}

// SearchWords are the words of a text that are put into the index.
func SearchWords(text string) []string {
	var words []string
	for _, s := range segments(text) {
		if s.run == nil {
			words = append(words, s.text)
			continue
		}
		for i, c := range s.run {
			if i+1 < len(s.run) {
				words = append(words, c.text+s.run[i+1].text)
			} else {
				words = append(words, c.text)
			}
		}
	}
	return words
}

// segments cuts a text up.
func segments(text string) []segment {
	var found []segment
	for at := 0; at < len(text); {
		word := leading(text[at:], inWord)
		switch {
		case word == 0:
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
		case isASCII(text[at : at+word]):
			found = append(found, segment{text: cut(strings.ToLower(text[at : at+word])), start: at, end: at + word})
			at += word
		default:
			found = appendSegments(found, text, at, at+word)
			at += word
		}
	}
	return found
}

// appendSegments adds those of a word that may mix scripts.
func appendSegments(found []segment, text string, at, end int) []segment {
	var word strings.Builder
	var run []character
	begin := at
	flush := func(until int) {
		if word.Len() > 0 {
			found = append(found, segment{text: cut(word.String()), start: begin, end: until})
			word.Reset()
		}
		if run != nil {
			found = append(found, segment{start: begin, end: until, run: run})
			run = nil
		}
	}
	for at < end {
		size := clusterLength(text[at:end])
		plain := normalize(text[at : at+size])
		first, _ := utf8.DecodeRuneInString(plain)
		switch {
		case plain == "": // nothing is left of it, such as of a lone accent
		case unspaced(first):
			if run == nil {
				flush(at)
				begin = at
			}
			run = append(run, character{plain, at, at + size})
		default:
			if word.Len() == 0 {
				flush(at)
				begin = at
			}
			word.WriteString(plain)
		}
		at += size
	}
	flush(end)
	return found
}

// clusterLength is the length of a character with the marks that belong to it.
func clusterLength(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size + leading(text[size:], func(r rune) bool {
		return unicode.Is(unicode.Mn, r) || r == '\uff9e' || r == '\uff9f' || '\u1160' <= r && r <= '\u11ff' // halfwidth voicing, parts of Korean syllables
	})
}

// leading is the length of the beginning of a text that consists of such runes.
func leading(text string, such func(r rune) bool) int {
	if n := strings.IndexFunc(text, func(r rune) bool { return !such(r) }); n >= 0 {
		return n
	}
	return len(text)
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M) && r != utf8.RuneError
}

// normalize folds case, compatible forms and diacritics; marks that make another
// letter, as in Japanese or Hindi, stay.
func normalize(cluster string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(cluster) {
		r = unicode.ToLower(r)
		switch plain, known := plainLetters[r]; {
		case known:
			b.WriteString(plain)
		case inWord(r) && !unicode.In(r, diacritics):
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// plainLetters are those that do not decompose into what people type instead.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ς': "σ",
}

// diacritics are the combining marks of Latin, Greek and Cyrillic.
var diacritics = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1}, {Lo: 0x1ab0, Hi: 0x1aff, Stride: 1}, {Lo: 0x1dc0, Hi: 0x1dff, Stride: 1},
	{Lo: 0x20d0, Hi: 0x20ff, Stride: 1}, {Lo: 0xfe20, Hi: 0xfe2f, Stride: 1},
}}

// unspaced reports whether r is of a script that is written without blanks.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

func cut(word string) string {
	if len(word) <= longestWord {
		return word
	}
	if runes := []rune(word); len(runes) > longestWord {
		return string(runes[:longestWord])
	}
	return word
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
