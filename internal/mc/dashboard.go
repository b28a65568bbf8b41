package mc

import "time"

// RangeKey names how far back the dashboard looks.
type RangeKey string

// The ranges of the dashboard.
const (
	RangeDay        RangeKey = "24h"
	RangeThreeDays  RangeKey = "3d"
	RangeWeek       RangeKey = "7d"
	RangeTwoWeeks   RangeKey = "14d"
	RangeMonth      RangeKey = "1m"
	RangeThreeMonth RangeKey = "3m"
	RangeHalfYear   RangeKey = "6m"
	RangeYear       RangeKey = "1y"
)

// Values lists the ranges, for validation and documentation.
func (RangeKey) Values() []string {
	return []string{
		string(RangeDay), string(RangeThreeDays), string(RangeWeek), string(RangeTwoWeeks),
		string(RangeMonth), string(RangeThreeMonth), string(RangeHalfYear), string(RangeYear),
	}
}

// Length is how far back the range reaches.
func (k RangeKey) Length() time.Duration {
	days := map[RangeKey]int{
		RangeDay: 1, RangeThreeDays: 3, RangeWeek: 7, RangeTwoWeeks: 14, RangeMonth: 30, RangeThreeMonth: 90, RangeHalfYear: 180, RangeYear: 365,
	}
	return time.Duration(days[k]) * 24 * time.Hour
}

// Bucket is the length of the steps that the range is shown in.
func (k RangeKey) Bucket() Bucket {
	switch k {
	case RangeDay:
		return BucketHour
	case RangeThreeMonth, RangeHalfYear:
		return BucketWeek
	case RangeYear:
		return BucketMonth
	}
	return BucketDay
}

// Windows are the range up to now, and the one of the same length before it.
// They share the moment at which they meet.
func (k RangeKey) Windows(now Time) (primary, comparison Window) {
	from := now.Add(-k.Length())
	return Window{from, now}, Window{from.Add(-k.Length()), from}
}

// Bucket is a step of a series, in UTC.
type Bucket string

// The buckets of series. A week begins on Monday.
const (
	BucketHour  Bucket = "hour"
	BucketDay   Bucket = "day"
	BucketWeek  Bucket = "week"
	BucketMonth Bucket = "month"
)

// Values lists the buckets, for documentation.
func (Bucket) Values() []string {
	return []string{string(BucketHour), string(BucketDay), string(BucketWeek), string(BucketMonth)}
}

// Start is the beginning of the bucket that t lies in.
func (b Bucket) Start(t Time) Time {
	at := t.Std()
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	switch b {
	case BucketHour:
		return TimeOf(at.Truncate(time.Hour))
	case BucketWeek:
		sinceMonday := (int(at.Weekday()) + 6) % 7
		return TimeOf(midnight.AddDate(0, 0, -sinceMonday))
	case BucketMonth:
		return TimeOf(time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC))
	}
	return TimeOf(midnight)
}

// next is the beginning of the bucket after the one that begins at start.
func (b Bucket) next(start Time) Time {
	switch b {
	case BucketHour:
		return start.Add(time.Hour)
	case BucketWeek:
		return start.Add(7 * 24 * time.Hour)
	case BucketMonth:
		return TimeOf(start.Std().AddDate(0, 1, 0))
	}
	return start.Add(24 * time.Hour)
}

// Window is a span of time that includes both of its ends.
type Window struct{ From, To Time }

// Buckets are the pieces of the window that lie in each of its buckets, in order.
func (w Window) Buckets(b Bucket) []Window {
	periods := w.Periods(b)
	pieces := make([]Window, len(periods))
	for i, at := range periods {
		pieces[i] = Window{at, b.next(at).Add(-time.Microsecond)}
	}
	pieces[0].From, pieces[len(pieces)-1].To = w.From, w.To
	return pieces
}

// Contains reports whether t lies in the window.
func (w Window) Contains(t Time) bool { return !t.Before(w.From) && !t.After(w.To) }

// Periods are the beginnings of the buckets that the window touches, in order.
func (w Window) Periods(b Bucket) []Time {
	var periods []Time
	for at := b.Start(w.From); !at.After(w.To); at = b.next(at) {
		periods = append(periods, at)
	}
	return periods
}
