package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"missioncontrol/internal/config"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".env"), "\ufeff# a comment\nexport environment=file\nRQ_QUEUE_NAME='from .env'\nLOG_FORMAT=json\nRQ_DISPATCH_MAX_RETRIES=5\nunknown=1\n")
	extra := write(t, filepath.Join(dir, "extra.env"), "RQ_QUEUE_NAME=\"from --env-file\"\nlog_level=debug\nLOG_FORMAT=\n")
	s, err := config.Load(config.Options{
		Env: map[string]string{"log_level": "error", "Log_Level": "warning", "RQ_DISPATCH_MAX_RETRIES": ""}, Dir: dir, EnvFile: extra,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ what, got, want string }{
		{".env alone, lower case", s.Server.Environment, "file"},
		{"--env-file over .env", s.Jobs.QueueName, "from --env-file"},
		{"process over files, the spelling nearer to upper case", s.Log.Level, "warning"},
		{"a blank text wins", s.Log.Format, ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	if s.Jobs.MaxRetries != 5 {
		t.Errorf("a blank number is not unset: %d", s.Jobs.MaxRetries)
	}
}

func TestSourcesRefused(t *testing.T) {
	t.Parallel()
	t.Run("missing --env-file", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load(config.Options{Dir: t.TempDir(), EnvFile: "/does/not/exist"})
		if err == nil || !strings.HasPrefix(err.Error(), "--env-file cannot be read: ") {
			t.Errorf("error is %v", err)
		}
	})
	for name, text := range map[string]string{
		"no assignment":      "LOCAL_AUTH_TOKEN hush\n",
		"unterminated quote": "LOCAL_AUTH_TOKEN=\"hush\nBASE_URL=x\n",
		"not UTF-8":          "LOCAL_AUTH_TOKEN=hush\xff\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".env"), text)
			_, err := config.Load(config.Options{Dir: dir})
			if err == nil || !strings.HasSuffix(err.Error(), "not a UTF-8 file of NAME=value lines") {
				t.Fatalf("error is %v", err)
			}
			if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
				t.Errorf("shows the file: %v", err)
			}
		})
	}
}
