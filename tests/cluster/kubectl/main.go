// Command kubectl is a real kubectl, for the tests. It is a program of its own because it is started thousands of
// times: in the one of the other components it would set up theirs each time, which takes twice as long.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
)

func main() {
	os.Exit(cli.Run(kubectl.NewDefaultKubectlCommand()))
}
