package mc

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestRanges(t *testing.T) {
	t.Parallel()
	// A Wednesday.
	now, err := ParseTime("2026-11-25T10:30:00.000007")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		key                       RangeKey
		bucket                    Bucket
		points                    int
		from, first, last, before string
	}{
		{RangeDay, BucketHour, 25, "2026-11-24T10:30:00.000007", "2026-11-24T10:00:00", "2026-11-25T10:00:00", "2026-11-23T10:30:00.000007"},
		{RangeThreeDays, BucketDay, 4, "2026-11-22T10:30:00.000007", "2026-11-22T00:00:00", "2026-11-25T00:00:00", "2026-11-19T10:30:00.000007"},
		{RangeWeek, BucketDay, 8, "2026-11-18T10:30:00.000007", "2026-11-18T00:00:00", "2026-11-25T00:00:00", "2026-11-11T10:30:00.000007"},
		{RangeTwoWeeks, BucketDay, 15, "2026-11-11T10:30:00.000007", "2026-11-11T00:00:00", "2026-11-25T00:00:00", "2026-10-28T10:30:00.000007"},
		{RangeMonth, BucketDay, 31, "2026-10-26T10:30:00.000007", "2026-10-26T00:00:00", "2026-11-25T00:00:00", "2026-09-26T10:30:00.000007"},
		{RangeThreeMonth, BucketWeek, 14, "2026-08-27T10:30:00.000007", "2026-08-24T00:00:00", "2026-11-23T00:00:00", "2026-05-29T10:30:00.000007"},
		{RangeHalfYear, BucketWeek, 27, "2026-05-29T10:30:00.000007", "2026-05-25T00:00:00", "2026-11-23T00:00:00", "2025-11-30T10:30:00.000007"},
		{RangeYear, BucketMonth, 13, "2025-11-25T10:30:00.000007", "2025-11-01T00:00:00", "2026-11-01T00:00:00", "2024-11-25T10:30:00.000007"},
	} {
		primary, comparison := tc.key.Windows(now)
		periods := primary.Periods(tc.key.Bucket())
		got := []any{tc.key.Bucket(), len(periods), primary.From.String(), periods[0].String(), periods[len(periods)-1].String(), comparison.From.String()}
		if diff := cmp.Diff([]any{tc.bucket, tc.points, tc.from, tc.first, tc.last, tc.before}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.key, diff)
		}
		if primary.To != now || comparison.To != primary.From {
			t.Errorf("%s: windows %v %v do not meet", tc.key, primary, comparison)
		}
	}
	if len(RangeKey("").Values()) != 8 || len(Bucket("").Values()) != 4 {
		t.Error("a range or bucket is missing from the documentation")
	}
}

// Whatever lies in a window lies in one of its buckets.
func TestEveryMomentHasItsBucket(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := RangeKey(rapid.SampledFrom(RangeKey("").Values()).Draw(t, "range"))
		now, _ := TimeOfUnix(float64(rapid.Int64Range(0, 4_000_000_000).Draw(t, "now")))
		window, _ := key.Windows(now)
		at := window.From.Add(key.Length() / 1000 * time.Duration(rapid.IntRange(0, 1000).Draw(t, "at")))
		bucket := key.Bucket()
		found, pieces := false, window.Buckets(bucket)
		for i, p := range window.Periods(bucket) {
			found = found || p == bucket.Start(at) && pieces[i].Contains(at)
			if i > 0 && pieces[i].From != pieces[i-1].To.Add(time.Microsecond) {
				t.Errorf("%v does not follow %v", pieces[i], pieces[i-1])
			}
		}
		if !window.Contains(at) || !found || bucket.Start(at).After(at) || !bucket.next(bucket.Start(at)).After(at) {
			t.Errorf("%v of %v begins at %v", at, window, bucket.Start(at))
		}
	})
}
