package souls

import (
	"fmt"
	"net"
	"testing"
)

func TestFailureHidesNameServer(t *testing.T) {
	err := withoutNetwork(fmt.Errorf("Get: %w", &net.DNSError{Err: "no such host", Name: "souls.directory", Server: "10.0.0.53:53"}))
	if got, want := err.Error(), "souls.directory: no such host"; got != want {
		t.Errorf("the failure reads %q, want %q", got, want)
	}
}
