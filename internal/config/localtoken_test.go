package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"missioncontrol/internal/config"
)

func TestLocalTokenIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := config.Load(config.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	second, err := config.Load(config.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if !first.Auth.TokenNew || second.Auth.TokenNew {
		t.Errorf("new at the first start: %v, at the second: %v", first.Auth.TokenNew, second.Auth.TokenNew)
	}
	made := first.Auth.LocalToken.Reveal()
	if made != second.Auth.LocalToken.Reveal() || len(made) != 64 {
		t.Errorf("tokens are %q and %q", made, second.Auth.LocalToken.Reveal())
	}
	info, err := os.Stat(first.Auth.TokenFile)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file has mode %v", info.Mode())
	}
	if files, _ := os.ReadDir(filepath.Dir(first.Auth.TokenFile)); len(files) != 1 {
		t.Errorf("left behind in the data folder: %v", files)
	}
}

func TestLocalTokenOfConcurrentStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tokens, made := map[string]bool{}, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := config.Load(config.Options{Dir: dir})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			tokens[s.Auth.LocalToken.Reveal()] = true
			if s.Auth.TokenNew {
				made++
			}
		})
	}
	wg.Wait()
	if len(tokens) != 1 || made != 1 {
		t.Errorf("%d tokens, made %d times, want 1 and 1", len(tokens), made)
	}
}

func TestLocalTokenRefused(t *testing.T) {
	t.Parallel()
	t.Run("broken file", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		write(t, filepath.Join(dir, "local-token"), "short\n")
		_, err := config.Load(config.Options{Env: map[string]string{"DATA_DIR": dir}})
		want := "DATA_DIR holds a broken sign-in token: delete " + filepath.Join(dir, "local-token") + " to get a new one."
		if err == nil || err.Error() != want {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("data folder is a file", func(t *testing.T) {
		t.Parallel()
		file := write(t, filepath.Join(t.TempDir(), "data"), "")
		_, err := config.Load(config.Options{Env: map[string]string{"DATA_DIR": file}})
		if err == nil || !strings.HasPrefix(err.Error(), "DATA_DIR cannot keep the sign-in token: ") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("nothing is written when another setting is wrong", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		if _, err := config.Load(config.Options{Env: map[string]string{"BASE_URL": ""}, Dir: dir}); err == nil {
			t.Fatal("accepted")
		}
		if files, _ := os.ReadDir(dir); len(files) != 0 {
			t.Errorf("written: %v", files)
		}
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, "LOCAL_AUTH_TOKEN", token, "DATABASE_URL", "postgres://u:"+token+"@h/db", "RATE_LIMIT_REDIS_URL", "redis://:"+token+"@h")
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("settings", "auth", s.Auth, "token", s.Auth.LocalToken)
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %q %x", s, s, s.Auth.LocalToken, s.Auth.LocalToken), logged.String(), string(asJSON)} {
		if strings.Contains(text, token) || strings.Contains(text, fmt.Sprintf("%x", token)) {
			t.Errorf("shown: %s", text)
		}
	}
}
