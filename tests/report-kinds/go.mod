// The modules that hold the CustomResourceDefinitions of reports, for the tests. No Go code uses them: `go mod tidy`
// would take them away.
module tidegate.dev/tests/report-kinds

go 1.26.0

require (
	github.com/kyverno/kyverno v1.13.4
	github.com/openreports/reports-api v0.2.1
)
