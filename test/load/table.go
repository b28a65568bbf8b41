package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// What the project aims at. A run reports it and judges nothing by it.
const (
	aimReads  = 0.60 // of the floor's throughput
	aimWrites = 0.70
	aimFanOut = 50 * time.Millisecond // the 99th percentile
	aimIdle   = 60.0                  // megabytes
	aimReady  = 300 * time.Millisecond
)

// print shows the results as tables.
func (r *results) print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "\n%s\n%d connections, %d rounds of %gs each, servers in turns, driver on the same machine\n\n", r.Machine, r.Connections, r.Rounds, r.RoundSeconds)
	fmt.Fprintln(out, "operation\treq/s\tfloor\tratio\t(rounds)\taim\tp50 ms\tp95\tp99\tfloor p50\tp95\tp99\tCPU us\tfloor\tdriver\t")
	for _, m := range r.Operations {
		fmt.Fprintln(out, m.row())
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintf(w, "\nnot measured, as the server has no agents for it: %s\n", strings.Join(r.Skipped, ", "))
	}
	for _, d := range r.Differences {
		fmt.Fprintf(w, "\nthe answers differ: %s", d)
	}
	for _, a := range r.Alone {
		fmt.Fprintf(w, "\n%s: %.0f/s, p50 %s ms, p95 %s, p99 %s, CPU %s us", a.Name, a.Rate, ms(a.P50), ms(a.P95), ms(a.P99), micros(a.CPU))
	}
	for _, name := range r.Absent {
		fmt.Fprintf(w, "\nnot measured, as the server does not have it: %s", name)
	}
	for _, g := range r.Growth {
		fmt.Fprintf(w, "\n%s:", g.Name)
		for _, p := range g.Points {
			fmt.Fprintf(w, " %d documents %s ms (%.1fx)", p.Size, ms(p.P50), p.Ratio)
		}
	}
	fmt.Fprintln(w)
	r.FanOut.Ours.print(w, "server")
	r.FanOut.Floor.print(w, "floor")
	if r.Memory.AfterStart.RSS > 0 {
		fmt.Fprintf(w, "memory: %.1f MB after the start, %.1f MB idle (aim: below %.0f), %.1f MB after the load\n",
			r.Memory.AfterStart.RSS, r.Memory.Idle.RSS, aimIdle, r.Memory.AfterLoad.RSS)
	}
	if r.Ready.First > 0 {
		fmt.Fprintf(w, "ready: %s ms after the first start, which makes the database; %s ms after %d later ones, the median (aim: below %s)\n",
			ms(r.Ready.First), ms(median(r.Ready.Later)), len(r.Ready.Later), ms(aimReady))
	}
	return nil
}

func (m *measurement) row() string {
	return strings.Join([]string{
		m.Name, fmt.Sprintf("%.0f", m.Ours.Rate), fmt.Sprintf("%.0f", m.Floor.Rate), percent(m.Ratio),
		percent(slices.Min(m.Ratios)) + "-" + percent(slices.Max(m.Ratios)), percent(m.aim()),
		ms(m.Ours.P50), ms(m.Ours.P95), ms(m.Ours.P99), ms(m.Floor.P50), ms(m.Floor.P95), ms(m.Floor.P99),
		micros(m.Ours.CPU), micros(m.Floor.CPU), micros(m.Floor.DriverCPU), "",
	}, "\t")
}

func (m *measurement) aim() float64 {
	if m.Writes {
		return aimWrites
	}
	return aimReads
}

// line is the short form, for those who wait.
func (m *measurement) line() string {
	return fmt.Sprintf("%-18s %8.0f/s, floor %8.0f/s: %s", m.Name, m.Ours.Rate, m.Floor.Rate, percent(m.Ratio))
}

func (f *fanOut) print(w io.Writer, name string) {
	if f == nil {
		return
	}
	fmt.Fprintf(w, "fan-out of %d events to %d streams, %s: p50 %s ms, p99 %s ms, at most %s ms after the answer (aim: p99 below %s); p50 %s, p99 %s after the request; %d frames lost",
		f.Events, f.Streams, name, ms(f.SinceAnswer.P50), ms(f.SinceAnswer.P99), ms(f.SinceAnswer.Max), ms(aimFanOut),
		ms(f.SinceRequest.P50), ms(f.SinceRequest.P99), f.Lost)
	if f.Memory.RSS > 0 {
		fmt.Fprintf(w, "; %.1f MB, %.0f KB per stream", f.Memory.RSS, f.PerStream)
	}
	fmt.Fprintf(w, "\n  %s: %.0f/s, p99 %s ms without streams; %.0f/s, p99 %s ms beside them\n",
		operations[0].name, f.Quiet.Rate, ms(f.Quiet.P99), f.Watched.Rate, ms(f.Watched.P99))
}

func percent(ratio float64) string { return fmt.Sprintf("%.0f%%", 100*ratio) }

func ms(d time.Duration) string {
	digits := 1
	switch {
	case d < 10*time.Millisecond:
		digits = 2
	case d >= 100*time.Millisecond:
		digits = 0
	}
	return fmt.Sprintf("%.*f", digits, float64(d)/float64(time.Millisecond))
}

func micros(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", float64(d)/float64(time.Microsecond))
}
