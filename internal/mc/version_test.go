package mc_test

import (
	"errors"
	"testing"
	"time"

	"missioncontrol/internal/mc"
)

type shownVersion struct{ at mc.Time }

func (s shownVersion) ETag() string { return mc.VersionTag(s.at) }

func TestPrecondition(t *testing.T) {
	t.Parallel()
	at := func(micros int) mc.Time {
		return mc.TimeOf(time.Date(2031, 2, 3, 4, 5, 6, micros*1000, time.UTC))
	}
	for name, tc := range map[string]struct {
		p             *mc.Precondition
		since, latest int
		met           bool
	}{
		"none":                      {nil, 5, 5, true},
		"the version":               {&mc.Precondition{Versions: []mc.Time{at(5)}}, 5, 5, true},
		"one of several":            {&mc.Precondition{Versions: []mc.Time{at(1), at(5)}}, 5, 5, true},
		"an earlier one":            {&mc.Precondition{Versions: []mc.Time{at(4)}}, 5, 5, false},
		"a later one":               {&mc.Precondition{Versions: []mc.Time{at(6)}}, 5, 5, false},
		"no version at all":         {&mc.Precondition{}, 5, 5, false},
		"one that is as good":       {&mc.Precondition{Versions: []mc.Time{at(6)}}, 5, 9, true},
		"the first that is as good": {&mc.Precondition{Versions: []mc.Time{at(5)}}, 5, 9, true},
		"one before those":          {&mc.Precondition{Versions: []mc.Time{at(4)}}, 5, 9, false},
	} {
		shown := 0
		err := tc.p.CheckSince(at(tc.since), at(tc.latest), func() (mc.Versioned, error) {
			shown++
			return shownVersion{at(tc.latest)}, nil
		})
		if (err == nil) != tc.met || (shown == 0) != tc.met {
			t.Errorf("%s: %v, shown %d times", name, err, shown)
		}
		var refused *mc.Error
		if !tc.met && (!errors.As(err, &refused) || refused.Kind != mc.KindPrecondition || refused.Detail.(mc.Stale).ETag != mc.VersionTag(at(tc.latest))) {
			t.Errorf("%s: refused with %#v", name, err)
		}
	}
}

func TestVersionsGrow(t *testing.T) {
	t.Parallel()
	now := mc.TimeOf(time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC))
	later := now.Add(time.Second)
	for name, tc := range map[string]struct{ before, want mc.Time }{
		"the clock went on":    {now.Add(-time.Microsecond), now},
		"the same microsecond": {now, now.Add(time.Microsecond)},
		"the clock went back":  {later, later.Add(time.Microsecond)},
	} {
		if got := mc.NextVersion(tc.before, now); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
	if tag := mc.VersionTag(now); tag != `"2031-02-03T04:05:06"` {
		t.Errorf("tag %s", tag)
	}
}
