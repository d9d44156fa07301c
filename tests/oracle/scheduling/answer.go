package main

import (
	v1 "k8s.io/api/core/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// status is what is not success. Code: U UnschedulableAndUnresolvable, P Unschedulable, E anything else (an error).
type status struct {
	Plugin  string   `json:"plugin,omitempty"`
	Code    string   `json:"code"`
	Reasons []string `json:"reasons"`
}

// pluginAnswer is one plugin by itself, with a cycle state of its own, so that another's refusal hides nothing.
// Nodes: its Filter where it refuses. Emptied, Nominated: nodes that have such pods, after the pods of lower priority
// were removed, or the nominated pods of no lower priority added, through its PreFilterExtensions; null is success.
type pluginAnswer struct {
	Skipped   bool               `json:"skipped,omitempty"`
	Before    *status            `json:"before,omitempty"`
	Only      []string           `json:"only,omitempty"`
	Nodes     map[string]*status `json:"nodes"`
	Emptied   map[string]*status `json:"emptied"`
	Nominated map[string]*status `json:"nominated"`
}

// answer is one subject's. Before: what RunPreFilterPlugins refuses; First: what RunFilterPluginsWithNominatedPods
// refuses of each node that is looked at; Absent: those that PreFilterResult leaves out, AbsentStatus: what is said of
// them where no node is feasible. Message: of FailedScheduling, null where a node is feasible; Preempts: the node on
// which it would preempt.
type answer struct {
	Pod          string                   `json:"pod"`
	Plugins      map[string]*pluginAnswer `json:"plugins"`
	Before       *status                  `json:"before"`
	First        map[string]*status       `json:"first"`
	Absent       []string                 `json:"absent"`
	AbsentStatus *status                  `json:"absentStatus"`
	Feasible     []string                 `json:"feasible"`
	Message      *string                  `json:"message"`
	Preempts     string                   `json:"preempts"`
}

func told(said *fwk.Status) *status {
	if said.IsSuccess() {
		return nil
	}
	code := "E"
	switch said.Code() {
	case fwk.UnschedulableAndUnresolvable:
		code = "U"
	case fwk.Unschedulable:
		code = "P"
	}
	return &status{said.Plugin(), code, said.Reasons()}
}

func names(result *fwk.PreFilterResult) []string {
	if result.AllNodes() {
		return nil
	}
	return result.NodeNames.UnsortedList()
}

func priority(pod *v1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}

// asked holds one plugin, made ready for one pod.
type asked struct {
	w      *watched
	pod    *v1.Pod
	plugin fwk.Plugin
	state  fwk.CycleState
}

// alone asks one plugin about all nodes.
func (w *watched) alone(plugin fwk.Plugin, pod *v1.Pod, nodes []fwk.NodeInfo) *pluginAnswer {
	a := asked{w, pod, plugin, framework.NewCycleState()}
	made := &pluginAnswer{Nodes: map[string]*status{}, Emptied: map[string]*status{}, Nominated: map[string]*status{}}
	if before, ok := plugin.(fwk.PreFilterPlugin); ok {
		result, said := before.PreFilter(w.ctx, a.state, pod, nodes)
		if made.Skipped = said.IsSkip(); made.Skipped {
			return made
		}
		if made.Before = told(said); made.Before != nil {
			return made
		}
		made.Only = names(result)
	}
	if _, ok := plugin.(fwk.FilterPlugin); !ok {
		return made
	}
	for _, node := range nodes {
		a.node(made, node)
	}
	return made
}

func (a *asked) node(made *pluginAnswer, node fwk.NodeInfo) {
	name := node.Node().Name
	if said := a.filter(a.state, node); said != nil {
		made.Nodes[name] = said
	}
	if said, any := a.emptied(node); any {
		made.Emptied[name] = said
	}
	if said, any := a.nominated(node); any {
		made.Nominated[name] = said
	}
}

func (a *asked) filter(state fwk.CycleState, node fwk.NodeInfo) *status {
	return told(a.plugin.(fwk.FilterPlugin).Filter(a.w.ctx, state, a.pod, node))
}

func (a *asked) extensions() fwk.PreFilterExtensions {
	if before, ok := a.plugin.(fwk.PreFilterPlugin); ok {
		return before.PreFilterExtensions()
	}
	return nil
}

// emptied does what the dry run of preemption does first (SelectVictimsOnNode).
func (a *asked) emptied(node fwk.NodeInfo) (*status, bool) {
	node, state, any := node.Snapshot(), a.state.Clone(), false
	var victims []fwk.PodInfo
	for _, other := range node.GetPods() {
		if priority(other.GetPod()) < priority(a.pod) {
			victims = append(victims, other)
		}
	}
	for _, victim := range victims {
		any = true
		if err := node.RemovePod(a.w.logger, victim.GetPod()); err != nil {
			return &status{Code: "E", Reasons: []string{err.Error()}}, true
		}
		if extensions := a.extensions(); extensions != nil {
			if said := told(extensions.RemovePod(a.w.ctx, state, a.pod, victim, node)); said != nil {
				return said, true
			}
		}
	}
	if !any {
		return nil, false
	}
	return a.filter(state, node), true
}

// nominated does what the first pass of the filters does (addGENominatedPods).
func (a *asked) nominated(node fwk.NodeInfo) (*status, bool) {
	node, state, any := node.Snapshot(), a.state.Clone(), false
	for _, other := range a.w.framework.NominatedPodsForNode(node.Node().Name) {
		if priority(other.GetPod()) < priority(a.pod) || other.GetPod().UID == a.pod.UID {
			continue
		}
		any = true
		node.AddPodInfo(other)
		if extensions := a.extensions(); extensions != nil {
			if said := told(extensions.AddPod(a.w.ctx, state, a.pod, other, node)); said != nil {
				return said, true
			}
		}
	}
	if !any {
		return nil, false
	}
	return a.filter(state, node), true
}
