package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	configv1 "k8s.io/kube-scheduler/config/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/scheme"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	frameworkplugins "k8s.io/kubernetes/pkg/scheduler/framework/plugins"
)

// errFits ends a scheduling cycle before anything is bound.
var errFits = errors.New("a node is feasible")

// filters of the default profile, as frameworkruntime would run them
var filters = []string{
	"NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
	"VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity",
	"DynamicResources", "NodeDeclaredFeatures",
}

// watched is a real scheduler whose cycles are looked into.
type watched struct {
	ctx       context.Context
	logger    klog.Logger
	scheduler *scheduler.Scheduler
	framework framework.Framework
	plugins   map[string]fwk.Plugin
	answer    *answer
}

func answers(objects []runtime.Object, subjects []string, loose []runtime.Object) ([]answer, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w, pods, err := watch(ctx, objects)
	if err != nil {
		return nil, err
	}
	var asked []*v1.Pod
	for _, subject := range subjects {
		namespace, name, _ := strings.Cut(subject, "/")
		pod, err := pods(namespace, name)
		if err != nil {
			return nil, err
		}
		asked = append(asked, pod)
	}
	for _, pod := range loose {
		asked = append(asked, pod.(*v1.Pod))
	}
	made := make([]answer, 0, len(asked))
	for _, pod := range asked {
		made = append(made, w.cycle(pod))
	}
	return made, nil
}

type podByName func(namespace, name string) (*v1.Pod, error)

func watch(ctx context.Context, objects []runtime.Object) (*watched, podByName, error) {
	// an API without any object: what preemption would delete is not found there, and that ends it
	client := fake.NewSimpleClientset()
	factory, err := filled(client, objects)
	if err != nil {
		return nil, nil, err
	}
	recorders := func(string) events.EventRecorderLogger { return &events.FakeRecorder{} }
	made, err := scheduler.New(ctx, client, factory, nil, recorders)
	if err != nil {
		return nil, nil, err
	}
	w := &watched{ctx: ctx, logger: klog.FromContext(ctx), scheduler: made}
	w.framework = made.Profiles[v1.DefaultSchedulerName]
	if w.plugins, err = plugins(ctx, w.framework); err != nil {
		return nil, nil, err
	}
	lookInto(w, made)
	lister := factory.Core().V1().Pods().Lister()
	return w, func(namespace, name string) (*v1.Pod, error) { return lister.Pods(namespace).Get(name) }, nil
}

// plugins makes the filter plugins once more, on the scheduler's own framework, to ask each by itself.
func plugins(ctx context.Context, handle framework.Framework) (map[string]fwk.Plugin, error) {
	var versioned configv1.KubeSchedulerConfiguration
	var defaults config.KubeSchedulerConfiguration
	scheme.Scheme.Default(&versioned)
	if err := scheme.Scheme.Convert(&versioned, &defaults, nil); err != nil {
		return nil, err
	}
	arguments := map[string]runtime.Object{}
	for _, each := range defaults.Profiles[0].PluginConfig {
		arguments[each.Name] = each.Args
	}
	made, registry := map[string]fwk.Plugin{}, frameworkplugins.NewInTreeRegistry()
	for _, name := range filters {
		plugin, err := registry[name](ctx, arguments[name], handle)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		made[name] = plugin
	}
	return made, nil
}

// lookInto puts our eyes where the scheduler has its seams: a cycle is judged in the middle, and never binds.
func lookInto(w *watched, made *scheduler.Scheduler) {
	schedule := made.SchedulePod
	made.SchedulePod = func(
		ctx context.Context, f framework.Framework, state fwk.CycleState, pod *framework.QueuedPodInfo,
	) (scheduler.ScheduleResult, error) {
		if err := w.judge(pod.Pod); err != nil {
			return scheduler.ScheduleResult{}, err
		}
		result, err := schedule(ctx, f, state, pod)
		var fit *framework.FitError
		if errors.As(err, &fit) {
			w.answer.AbsentStatus = told(fit.Diagnosis.NodeToStatus.AbsentNodesStatus())
		}
		if err == nil {
			err = errFits
		}
		return result, err
	}
	made.FailureHandler = func(
		_ context.Context, _ framework.Framework, _ *framework.QueuedPodInfo, said *fwk.Status,
		nominating *fwk.NominatingInfo, _ time.Time,
	) {
		if errors.Is(said.AsError(), errFits) {
			return
		}
		text := said.Message()
		w.answer.Message = &text
		if nominating != nil && said.IsRejected() {
			w.answer.Preempts = nominating.NominatedNodeName
		}
	}
}

func (w *watched) cycle(pod *v1.Pod) answer {
	w.answer = &answer{
		Pod: pod.Namespace + "/" + pod.Name, Plugins: map[string]*pluginAnswer{}, First: map[string]*status{},
	}
	// as the queue does: what cannot be parsed of its affinity is left out
	info, _ := framework.NewPodInfo(pod.DeepCopy())
	w.scheduler.NextPod = func(klog.Logger) (*framework.QueuedPodInfo, error) {
		return &framework.QueuedPodInfo{PodInfo: info}, nil
	}
	w.scheduler.ScheduleOne(w.ctx)
	return *w.answer
}

// judge runs when the cycle's snapshot stands: each plugin by itself, then all of them as the scheduler runs them.
func (w *watched) judge(pod *v1.Pod) error {
	nodes, err := w.framework.SnapshotSharedLister().NodeInfos().List()
	if err != nil || len(nodes) == 0 {
		return err
	}
	for _, name := range filters {
		w.answer.Plugins[name] = w.alone(w.plugins[name], pod, nodes)
	}
	state := framework.NewCycleState()
	result, said, _ := w.framework.RunPreFilterPlugins(w.ctx, state, pod)
	if w.answer.Before = told(said); w.answer.Before != nil {
		return nil
	}
	for _, node := range nodes {
		w.first(pod, state, result, node)
	}
	return nil
}

func (w *watched) first(pod *v1.Pod, state fwk.CycleState, result *fwk.PreFilterResult, node fwk.NodeInfo) {
	name := node.Node().Name
	// the node nominated for the pod is looked at in any case (evaluateNominatedNode)
	if !result.AllNodes() && !result.NodeNames.Has(name) && pod.Status.NominatedNodeName != name {
		w.answer.Absent = append(w.answer.Absent, name)
		return
	}
	if said := told(w.framework.RunFilterPluginsWithNominatedPods(w.ctx, state, pod, node)); said != nil {
		w.answer.First[name] = said
		return
	}
	w.answer.Feasible = append(w.answer.Feasible, name)
}
