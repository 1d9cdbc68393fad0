// Package operation is what the Go clients share: one operation of ../../../client.ts, as JSON on standard input and
// standard output.
package operation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Record is a ConformanceRecord.
type Record struct {
	Key     *string     `json:"key"`
	Value   *string     `json:"value"`
	Headers [][2]string `json:"headers"`
}

// Request holds the fields of every operation.
type Request struct {
	Op, Server, Topic, Codec string
	Group                    *string
	Records                  []Record
	Idempotent               bool
	Count, Partitions, Total int
	TimestampMs              int64
}

// Table has an operation by its name.
type Table map[string]func(context.Context, Request) (any, error)

// Cannot is the error for what the client has no way to do.
type Cannot string

func (why Cannot) Error() string { return string(why) }

// Serve runs the operation that is asked for.
func Serve(operations Table) {
	var asked Request
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	answer, err := operations[asked.Op](context.Background(), asked)
	var why Cannot
	if errors.As(err, &why) {
		answer, err = map[string]any{"cannot": why}, nil
	}
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(answer))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// BytesOf keeps null apart from empty, as TextOf does.
func BytesOf(text *string) []byte {
	if text == nil {
		return nil
	}
	return []byte(*text)
}

// TextOf is the inverse of BytesOf.
func TextOf(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	text := string(bytes)
	return &text
}
