package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// printMarkdown shows the results in the form in which the documentation keeps
// them: the operations, and then everything else beside its aim.
func (r *results) printMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s; %d connections, %d rounds of %gs.\n\n", r.At.Format("2006-01-02"), r.Machine, r.Connections, r.Rounds, r.RoundSeconds)
	b.WriteString("| operation | requests/s | floor | ratio (rounds) | aim | p50 / p95 / p99 ms | floor p50 / p95 / p99 ms | CPU us per request | floor |\n")
	b.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, m := range r.Operations {
		fmt.Fprintf(&b, "| %s | %.0f | %.0f | **%s** (%s-%s) | %s | %s | %s | %s | %s |\n", m.Name, m.Ours.Rate, m.Floor.Rate,
			percent(m.Ratio), percent(slices.Min(m.Ratios)), percent(slices.Max(m.Ratios)), percent(m.aim()),
			m.Ours.latencies(), m.Floor.latencies(), micros(m.Ours.CPU), micros(m.Floor.CPU))
	}
	b.WriteString("\n| what | measured | aim | floor |\n|---|--:|--:|--:|\n")
	if ours, floor := r.FanOut.Ours, r.FanOut.Floor; ours != nil && floor != nil {
		fmt.Fprintf(&b, "| fan-out to %d streams, after the answer: p50 / p99 ms | %s / %s | - / %s | %s / %s |\n", ours.Streams,
			ms(ours.SinceAnswer.P50), ms(ours.SinceAnswer.P99), ms(aimFanOut), ms(floor.SinceAnswer.P50), ms(floor.SinceAnswer.P99))
		fmt.Fprintf(&b, "| the same, after the request was sent | %s / %s | | %s / %s |\n",
			ms(ours.SinceRequest.P50), ms(ours.SinceRequest.P99), ms(floor.SinceRequest.P50), ms(floor.SinceRequest.P99))
		fmt.Fprintf(&b, "| frames lost | %d | 0 | %d |\n", ours.Lost, floor.Lost)
		fmt.Fprintf(&b, "| memory with these streams open, MB | %.0f | | %.0f |\n", ours.Memory.RSS, floor.Memory.RSS)
	}
	if r.Memory.Idle.RSS > 0 {
		fmt.Fprintf(&b, "| memory after the start / idle / after the load, MB | %.0f / %.0f / %.0f | - / %.0f / - | |\n",
			r.Memory.AfterStart.RSS, r.Memory.Idle.RSS, r.Memory.AfterLoad.RSS, aimIdle)
	}
	if r.Ready.First > 0 {
		fmt.Fprintf(&b, "| start to ready, first start / later ones, ms | %s / %s | %s | |\n", ms(r.Ready.First), ms(median(r.Ready.Later)), ms(aimReady))
	}
	if len(r.Alone) > 0 {
		b.WriteString("\n| on the server alone | requests/s | p50 / p95 / p99 ms | CPU us per request |\n|---|--:|--:|--:|\n")
		for _, a := range r.Alone {
			fmt.Fprintf(&b, "| %s | %.0f | %s | %s |\n", a.Name, a.Rate, a.latencies(), micros(a.CPU))
		}
	}
	r.growthMarkdown(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// growthMarkdown writes a column for each size.
func (r *results) growthMarkdown(b *strings.Builder) {
	if len(r.Growth) == 0 {
		return
	}
	b.WriteString("\n| median latency, ms |")
	for _, p := range r.Growth[0].Points {
		fmt.Fprintf(b, " %d documents |", p.Size)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(r.Growth[0].Points)) + "\n")
	for _, g := range r.Growth {
		fmt.Fprintf(b, "| %s |", g.Name)
		for _, p := range g.Points {
			fmt.Fprintf(b, " %s (%.1fx) |", ms(p.P50), p.Ratio)
		}
		b.WriteByte('\n')
	}
}

func (f *figure) latencies() string { return ms(f.P50) + " / " + ms(f.P95) + " / " + ms(f.P99) }
