package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

// threeWayMerge prints the patch by which Helm upgrades an object. It reads three
// JSON documents from standard input: the manifest of the release before, the new
// manifest, and the object as it is stored.
func threeWayMerge() int {
	patch, err := patchOf(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "three-way-merge:", err)
		return 1
	}
	fmt.Println(string(patch))
	return 0
}

func patchOf(input io.Reader) ([]byte, error) {
	documents := json.NewDecoder(input)
	var before, after, stored json.RawMessage
	for _, document := range []*json.RawMessage{&before, &after, &stored} {
		if err := documents.Decode(document); err != nil {
			return nil, err
		}
	}
	var object unstructured.Unstructured
	if err := json.Unmarshal(after, &object); err != nil {
		return nil, err
	}
	// The Go type says by which field the items of a list are told apart.
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, err
	}
	return strategicpatch.CreateThreeWayMergePatch(before, after, stored, meta, true)
}
