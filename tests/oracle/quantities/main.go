// Reads quantities, one JSON value a line, and answers what resource.Quantity of k8s.io/apimachinery makes of each.
//
// Answer: {"accepts": bool, "value": "…", "milli": "…"}; the numbers as text, 64 bits wide.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/api/resource"
)

type reading struct {
	Accepts bool  `json:"accepts"`
	Value   int64 `json:"value,string"`
	Milli   int64 `json:"milli,string"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var read resource.Quantity
		answer := reading{}
		if err := json.Unmarshal(lines.Bytes(), &read); err == nil {
			answer = reading{true, read.Value(), read.MilliValue()}
		}
		if err := answers.Encode(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
