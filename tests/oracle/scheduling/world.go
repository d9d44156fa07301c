package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	resourcev1 "k8s.io/api/resource/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/api/legacyscheme"

	// what the API server defaults
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/resource/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
)

// kinds the scheduler may read; there are no objects of others
var kinds = []runtime.Object{
	&v1.Pod{}, &v1.Node{}, &v1.Namespace{}, &v1.PersistentVolume{}, &v1.PersistentVolumeClaim{},
	&storagev1.StorageClass{}, &storagev1.CSINode{}, &storagev1.CSIDriver{}, &storagev1.CSIStorageCapacity{},
	&storagev1.VolumeAttachment{}, &policyv1.PodDisruptionBudget{},
	&resourcev1.ResourceClaim{}, &resourcev1.ResourceSlice{}, &resourcev1.DeviceClass{},
}

// decode reads objects as the scheduler gets them from the API server: defaulted, their quantities in canonical form.
func decode(raw []json.RawMessage) ([]runtime.Object, error) {
	decoder := legacyscheme.Codecs.UniversalDeserializer()
	made := make([]runtime.Object, 0, len(raw))
	for _, each := range raw {
		object, _, err := decoder.Decode(each, nil, nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, each)
		}
		legacyscheme.Scheme.Default(object)
		served, err := json.Marshal(object)
		if err != nil {
			return nil, err
		}
		if object, _, err = decoder.Decode(served, nil, nil); err != nil {
			return nil, err
		}
		made = append(made, object)
	}
	return made, nil
}

// finished pods do not reach the scheduler: its informer asks for the others (newPodInformer)
func finished(object runtime.Object) bool {
	pod, ok := object.(*v1.Pod)
	return ok && (pod.Status.Phase == v1.PodSucceeded || pod.Status.Phase == v1.PodFailed)
}

// filled gives a factory whose informers hold the objects already, and tell a handler of all of them when it is added.
func filled(client clientset.Interface, objects []runtime.Object) (informers.SharedInformerFactory, error) {
	factory := informers.NewSharedInformerFactory(client, 0)
	for _, kind := range kinds {
		made := &informer{indexer: cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{
			cache.NamespaceIndex: cache.MetaNamespaceIndexFunc,
		})}
		for _, object := range objects {
			if reflect.TypeOf(object) != reflect.TypeOf(kind) || finished(object) {
				continue
			}
			if err := made.indexer.Add(object); err != nil {
				return nil, err
			}
			made.objects = append(made.objects, object)
		}
		factory.InformerFor(kind, func(clientset.Interface, time.Duration) cache.SharedIndexInformer { return made })
	}
	return factory, nil
}

// informer delivers at once and in order, so that nothing has to be waited for. What it lacks nobody calls.
type informer struct {
	cache.SharedIndexInformer
	indexer cache.Indexer
	objects []runtime.Object
}

func (i *informer) AddEventHandler(handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	for _, object := range i.objects {
		handler.OnAdd(object, true)
	}
	return delivered{}, nil
}

func (i *informer) AddEventHandlerWithResyncPeriod(
	handler cache.ResourceEventHandler, _ time.Duration,
) (cache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandler(handler)
}

func (i *informer) AddEventHandlerWithOptions(
	handler cache.ResourceEventHandler, _ cache.HandlerOptions,
) (cache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandler(handler)
}

func (i *informer) GetStore() cache.Store                     { return i.indexer }
func (i *informer) GetIndexer() cache.Indexer                 { return i.indexer }
func (i *informer) AddIndexers(indexers cache.Indexers) error { return i.indexer.AddIndexers(indexers) }
func (i *informer) HasSynced() bool                           { return true }
func (i *informer) LastSyncResourceVersion() string           { return "1" }
func (i *informer) SetTransform(_ cache.TransformFunc) error  { return nil }
func (i *informer) HasSyncedChecker() cache.DoneChecker       { return delivered{} }
func (i *informer) IsStopped() bool                           { return false }

type delivered struct{}

var closed = func() chan struct{} {
	made := make(chan struct{})
	close(made)
	return made
}()

func (delivered) HasSynced() bool                     { return true }
func (delivered) HasSyncedChecker() cache.DoneChecker { return delivered{} }
func (delivered) Name() string                        { return "delivered" }
func (delivered) Done() <-chan struct{}               { return closed }
