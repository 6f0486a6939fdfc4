module github.com/propusk-id/propusk/services/verification

go 1.26.0

require (
	github.com/propusk-id/propusk/pkg v0.0.0
	github.com/propusk-id/propusk/proto v0.0.0
)

replace (
	github.com/propusk-id/propusk/pkg => ../../pkg
	github.com/propusk-id/propusk/pkg/embedded => ../../pkg/embedded
	github.com/propusk-id/propusk/proto => ../../proto
)
