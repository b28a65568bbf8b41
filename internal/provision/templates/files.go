package templates

import (
	"errors"
	"fmt"
	"slices"
)

// Action is why an agent's files are written.
type Action string

// The actions.
const (
	Provision Action = "provision" // everything is new
	Update    Action = "update"    // what the agent wrote itself is kept
)

// File is a file of an agent's workspace.
type File struct {
	Name    string
	Content string
}

// ExistingFile is a file as a gateway lists it. A gateway also lists names that
// an agent could have but has not; those are marked as missing.
type ExistingFile struct {
	Name    string
	Missing bool
}

// FileOptions says which files are wanted.
type FileOptions struct {
	Action         Action
	ForceBootstrap bool           // give a lead its BOOTSTRAP.md again
	Overwrite      bool           // also what the agent wrote itself
	Existing       []ExistingFile // what the gateway lists
}

// The files that agents have.
const (
	agentsFile    = "AGENTS.md"
	bootstrapFile = "BOOTSTRAP.md"
	identityFile  = "IDENTITY.md"
	memoryFile    = "MEMORY.md"
	soulFile      = "SOUL.md"
	userFile      = "USER.md"
)

// Files renders the files to write for an agent, in alphabetical order. Files
// with nothing in them are left out. An *Error in the chain means that a template
// of the agent is at fault.
func Files(in Input, opts FileOptions) ([]File, error) {
	if !in.Agent.IsMain() && in.Board == nil {
		return nil, errors.New("files of a board's agent need the board")
	}
	var files []File
	for _, name := range wanted(KindOf(in.Agent), opts) {
		content, err := renderFile(in, name)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		if content != "" {
			files = append(files, File{Name: name, Content: content})
		}
	}
	return files, nil
}

// wanted lists the names of the files to write.
func wanted(kind Kind, opts FileOptions) []string {
	all := []string{agentsFile, bootstrapFile, "HEARTBEAT.md", identityFile, memoryFile, soulFile, "TOOLS.md", userFile}
	return slices.DeleteFunc(all, func(name string) bool {
		if name == bootstrapFile {
			return !wantsBootstrap(kind, opts)
		}
		isOwn := name == memoryFile || name == userFile && kind != Main
		return isOwn && opts.Action == Update && !opts.Overwrite && exists(opts.Existing, name)
	})
}

// wantsBootstrap: a lead that was up already has followed and deleted its
// bootstrap. Other agents have none, but gateways seed one of their own, with a
// dialogue that nobody would answer; as it can't be deleted, it is replaced.
func wantsBootstrap(kind Kind, opts FileOptions) bool {
	switch {
	case kind != Lead:
		return exists(opts.Existing, bootstrapFile)
	case opts.Action != Update || opts.ForceBootstrap:
		return true
	}
	return len(opts.Existing) > 0 && !slices.Contains(opts.Existing, ExistingFile{Name: bootstrapFile, Missing: true})
}

func exists(files []ExistingFile, name string) bool {
	return slices.Contains(files, ExistingFile{Name: name})
}

// StaleFiles lists the files of earlier layouts that an agent still has and that
// are to be deleted, in alphabetical order. Only leads have had any.
func StaleFiles(kind Kind, existing []ExistingFile) []string {
	if kind != Lead {
		return nil
	}
	former := []string{"APIS.md", "LEARNINGS.md", "ROLE.md", "ROUTING.md", "STATUS.md", "WORKFLOW.md"}
	return slices.DeleteFunc(former, func(name string) bool { return !exists(existing, name) })
}
