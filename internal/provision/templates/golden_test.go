package templates

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds() {
		for name, content := range rendered(t, input(kind)) {
			path := filepath.Join("testdata", "golden", string(kind), name)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(string(want), content+"\n"); diff != "" {
				t.Errorf("%s (run with -update if that is meant):\n%s", path, diff)
			}
		}
	}
}
