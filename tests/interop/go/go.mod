module quadrille/interop

go 1.26.0

require (
	github.com/twmb/avro v1.9.0
	quadrille v0.0.0
)

require github.com/klauspost/compress v1.20.3 // indirect

replace quadrille => ../../../generated/go
