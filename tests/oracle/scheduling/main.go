// Reads worlds, one JSON object a line, and answers what kube-scheduler itself says of pods in them.
//
//	{"objects": [Node, Pod, …], "subjects": ["namespace/name", …], "loose": [Pod, …], "gates": {"Name": true}}
//
// Each world gets a scheduler of its own, scheduler.New with the default profile. The objects are defaulted as the API
// server defaults them and reach the scheduler through informers that hold them already. No subject is ever bound.
// Loose pods are judged too, but are not in the cluster (their message says nothing).
//
// Answer: {"objects": […], "loose": […], "subjects": [answer, …]}, the objects as the API server would serve them, and
// an answer (see answer.go) for each subject and each loose pod; or {"error": "…"}.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
)

type question struct {
	Objects  []json.RawMessage `json:"objects"`
	Subjects []string          `json:"subjects"`
	Loose    []json.RawMessage `json:"loose"`
	Gates    map[string]bool   `json:"gates"`
}

type reply struct {
	Objects  []runtime.Object `json:"objects,omitempty"`
	Loose    []runtime.Object `json:"loose,omitempty"`
	Subjects []answer         `json:"subjects,omitempty"`
	Error    string           `json:"error,omitempty"`
}

func judge(asked question) (made reply, err error) {
	restore, err := setGates(asked.Gates)
	if err != nil {
		return made, err
	}
	defer restore()
	if made.Objects, err = decode(asked.Objects); err != nil {
		return made, err
	}
	if made.Loose, err = decode(asked.Loose); err != nil {
		return made, err
	}
	made.Subjects, err = answers(made.Objects, asked.Subjects, made.Loose)
	return made, err
}

// setGates switches gates and gives back what undoes it: plugins read them when they are made.
func setGates(gates map[string]bool) (func(), error) {
	before := map[string]bool{}
	for name := range gates {
		for known := range utilfeature.DefaultMutableFeatureGate.GetAll() {
			if string(known) == name {
				before[name] = utilfeature.DefaultFeatureGate.Enabled(known)
			}
		}
	}
	err := utilfeature.DefaultMutableFeatureGate.SetFromMap(gates)
	return func() { _ = utilfeature.DefaultMutableFeatureGate.SetFromMap(before) }, err
}

func main() {
	klog.SetLogger(logr.Discard())
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<28)
	out := bufio.NewWriter(os.Stdout)
	replies := json.NewEncoder(out)
	replies.SetEscapeHTML(false)
	for lines.Scan() {
		var asked question
		err := json.Unmarshal(lines.Bytes(), &asked)
		var said reply
		if err == nil {
			said, err = judge(asked)
		}
		if err != nil {
			said = reply{Error: err.Error()}
		}
		if err := errors.Join(replies.Encode(said), out.Flush()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
