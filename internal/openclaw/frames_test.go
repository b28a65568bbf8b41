package openclaw

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestResponses(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		id, payload string
		err         *Error
	}{
		`{"type":"res","id":"1","ok":true,"payload":{"a":1}}`:                 {"1", `{"a":1}`, nil},
		`{"type":"res","id":"1","payload":[]}`:                                {"1", `[]`, nil},
		`{"type":"res","id":"1","ok":null,"payload":2}`:                       {"1", `2`, nil},
		`{"type":"res","id":"1","ok":"yes","payload":2}`:                      {"1", `2`, nil},
		`{"type":"res","id":"1","ok":true}`:                                   {"1", ``, nil},
		`{"type":"res","id":"1","ok":true,"error":{"message":"x"}}`:           {"1", ``, nil},
		`{"id":"1","result":{"a":1}}`:                                         {"1", `{"a":1}`, nil},
		`{"id":"1","result":1,"error":null}`:                                  {"1", `1`, nil},
		`{"type":7,"id":"1","result":1}`:                                      {"1", `1`, nil},
		`{"id":"1","error":{"message":"boom","code":-32000}}`:                 {"1", ``, &Error{Message: "boom", Code: "-32000"}},
		`{"id":"1","error":"boom"}`:                                           {"1", ``, &Error{Message: "boom"}},
		`{"id":"1","error":{}}`:                                               {"1", ``, &Error{Message: "Gateway error"}},
		`{"type":"res","id":"1","ok":false}`:                                  {"1", ``, &Error{Message: "Gateway error"}},
		`{"type":"res","id":"1","ok":false,"error":{"message":" a\u0000b "}}`: {"1", ``, &Error{Message: "ab"}},
		`{"type":"res","id":"1","ok":false,"error":{"code":"X","message":"m","details":{"d":1},"retryable":true,"retryAfterMs":1500}}`: {
			"1", ``, &Error{Message: "m", Code: "X", Details: json.RawMessage(`{"d":1}`), Retryable: true, RetryAfter: 1500 * time.Millisecond}},
		`{"type":"res","id":"1","ok":false,"error":{"code":"X","message":"m","retryable":"maybe","retryAfterMs":1e300}}`: {
			"1", ``, &Error{Message: "m", Code: "X", RetryAfter: time.Hour}},
		`{"type":"res","id":"1","ok":false,"error":{"message":5,"retryAfterMs":-1}}`: {"1", ``, &Error{Message: "5"}},
	} {
		f := parseFrame([]byte(raw))
		payload, err := f.result()
		if f.answers() != want.id || string(payload) != want.payload || (err == nil) != (want.err == nil) {
			t.Errorf("%s: id %q, payload %s, error %v", raw, f.answers(), payload, err)
			continue
		}
		var got *Error
		if errors.As(err, &got) {
			if diff := cmp.Diff(want.err, got, cmpopts.IgnoreUnexported(Error{})); diff != "" {
				t.Errorf("%s: %s", raw, diff)
			}
		}
	}
}

func TestFramesThatAnswerNothing(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		``, `null`, `[]`, `7`, `"x"`, `{`, `{"type":"res"}`, `{"type":"res","id":7}`, `{"type":"event","event":"tick","id":"1"}`, `{"type":"req","id":"1","method":"node.invoke"}`,
	} {
		if id := parseFrame([]byte(raw)).answers(); id != "" {
			t.Errorf("%s answers %q", raw, id)
		}
	}
}

func TestLongWordsOfAGatewayAreCut(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(map[string]string{"message": strings.Repeat("é", 1<<20)})
	if err != nil {
		t.Fatal(err)
	}
	if got := answeredError(raw).Error(); utf8.RuneCountInString(got) != maxMessage+1 {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"res","id":"1","ok":true,"payload":{"a":1}}`, `{"type":"res","id":"1","ok":false,"error":{"code":"X","message":"m","retryAfterMs":1e9}}`,
		`{"id":"1","error":"boom"}`, `{"type":"event","event":"connect.challenge","payload":{"nonce":"n"}}`, `{"type":1,"ok":{},"id":[]}`, `nonsense`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		frame := parseFrame(raw)
		payload, err := frame.result()
		if err != nil {
			e := asError(err)
			if e.Message == "" || !utf8.ValidString(e.Message) || strings.ContainsRune(e.Message, 0) || e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter {
				t.Errorf("%q: an unusable error %+v", raw, e)
			}
		}
		if len(payload) > 0 && !json.Valid(payload) {
			t.Errorf("%q: the payload %q is no JSON", raw, payload)
		}
		if hello := parseHello(payload); hello.readLimit() < handshakeReadLimit || hello.readLimit() > maxReadLimit {
			t.Errorf("%q: a read limit of %d", raw, hello.readLimit())
		}
		nonceOf(frame.Payload)
		readContent(payload)
		readFiles(payload)
	})
}
