// Command contract prepares the comparison of our OpenAPI document with the
// contract's: it cuts the contract's document to the operations that ours has,
// for oasdiff to compare, and reports by itself what oasdiff does not look at.
//
//	go run ./test/contract -contract openapi.json -ours ours.json -cut cut.json
//
// It exits with 1 when it found a difference.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	contractPath := flag.String("contract", "", "the contract's document")
	oursPath := flag.String("ours", "", "our document")
	cutPath := flag.String("cut", "", "where to write the contract's document, cut to our operations")
	flag.Parse()

	differences, err := run(*contractPath, *oursPath, *cutPath)
	if err != nil {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(2)
	}
	for _, difference := range differences {
		fmt.Println(difference)
	}
	if len(differences) > 0 {
		os.Exit(1)
	}
}

func run(contractPath, oursPath, cutPath string) ([]string, error) {
	contract, err := load(contractPath)
	if err != nil {
		return nil, err
	}
	ours, err := load(oursPath)
	if err != nil {
		return nil, err
	}
	built, missing, additional := cut(contract, ours)
	fmt.Printf("%d operations of the contract are built, %d are not yet, %d are our own\n", built, missing, additional)
	if built == 0 {
		return nil, fmt.Errorf("%s has no operation of %s", oursPath, contractPath)
	}
	text, err := json.MarshalIndent(contract, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode the cut document: %w", err)
	}
	if err := os.WriteFile(cutPath, text, 0o644); err != nil {
		return nil, fmt.Errorf("write the cut document: %w", err)
	}
	return compare(contract, ours), nil
}

// load reads a document; numbers keep their spelling.
func load(path string) (object, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document object
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return document, nil
}
