// Reads questions, one JSON object a line, and answers what k8s.io/apimachinery makes of them.
//
//	{"text": "app=web", "labels": {"app": "web"}}       labels.Parse
//	{"object": {"matchLabels": …}, "labels": {…}}       metav1.LabelSelectorAsSelector
//
// Answer: {"accepts": bool, "matches": bool}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

type question struct {
	Text   *string               `json:"text"`
	Object *metav1.LabelSelector `json:"object"`
	Labels map[string]string     `json:"labels"`
}

type verdict struct {
	Accepts bool `json:"accepts"`
	Matches bool `json:"matches"`
}

func judge(asked question) verdict {
	var selector labels.Selector
	var err error
	if asked.Text != nil {
		selector, err = labels.Parse(*asked.Text)
	} else {
		selector, err = metav1.LabelSelectorAsSelector(asked.Object)
	}
	if err != nil {
		return verdict{}
	}
	return verdict{true, selector.Matches(labels.Set(asked.Labels))}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := answers.Encode(judge(asked)); err != nil {
			os.Exit(1)
		}
	}
}
