package skills

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// file is a regular file of a repository; links and submodules are none.
type file struct {
	path string
	id   string // of its content
	size int64
}

// files lists the regular files of the repository in the order of their paths,
// those of a directory before those of its neighbors.
func (r repository) files(ctx context.Context) ([]file, error) {
	out, err := r.run(ctx, nil, "ls-tree", "-r", "-l", "-z", "HEAD")
	if err != nil {
		return nil, err
	}
	var files []file
	for entry := range strings.SplitSeq(string(out), "\x00") {
		head, path, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(head) // mode, type, id, size
		if !ok || len(fields) != 4 || !strings.HasPrefix(fields[0], "100") {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			continue
		}
		files = append(files, file{path: path, id: fields[2], size: size})
	}
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Compare(strings.ReplaceAll(a.path, "/", "\x00"), strings.ReplaceAll(b.path, "/", "\x00"))
	})
	return files, nil
}

var errBatch = errors.New("git answered with less than it was asked for")

// contents reads files, in their order.
func (r repository) contents(ctx context.Context, files []file) ([][]byte, error) {
	if len(files) == 0 {
		return nil, nil
	}
	var ids bytes.Buffer
	for _, f := range files {
		ids.WriteString(f.id + "\n")
	}
	out, err := r.run(ctx, ids.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, 0, len(files))
	for _, f := range files { // "id blob size", content, an end of line
		_, rest, ok := bytes.Cut(out, []byte("\n"))
		if !ok || int64(len(rest)) < f.size+1 {
			return nil, errBatch
		}
		contents = append(contents, rest[:f.size])
		out = rest[f.size+1:]
	}
	return contents, nil
}
