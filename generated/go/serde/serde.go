// Code generated from codegen/runtime/go/serde/serde.go by `make generate`. DO NOT EDIT.

package serde

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

const (
	magic        = 0
	prefixLength = 5
	dataSchema   = "urn:quadrille:schema:sha256:"
)

// Serde reads and writes the values of Kafka records.
type Serde struct {
	registry *Registry
	newEvent func(fullName string) Event
}

// New returns a serde. newEvent makes an empty event of a full name, or nil for one that is not wanted; events.New knows
// all of them.
func New(registry *Registry, newEvent func(fullName string) Event) *Serde { return &Serde{registry, newEvent} }

// OtherEventError says that a value holds an event which newEvent does not make. Skip it, and count it.
type OtherEventError struct{ FullName string }

func (e *OtherEventError) Error() string { return e.FullName + " is not read here" }

// Decode reads a record's value. Errors: *DecodeError and *UnknownSchemaError (the value will never be read),
// *OtherEventError, *RegistryError (ask again later).
func (s *Serde) Decode(ctx context.Context, value []byte) (Event, error) {
	id, body, err := Unframe(value)
	if err != nil {
		return nil, err
	}
	writer, err := s.registry.ByID(ctx, id)
	if err != nil {
		return nil, err
	}
	event := s.newEvent(writer.FullName)
	if event == nil {
		return nil, &OtherEventError{writer.FullName}
	}
	if err := Unmarshal(body, writer, event); err != nil {
		return nil, err
	}
	return event, nil
}

// Encode writes a record's value. Errors: *EncodeError, *UnknownSchemaError (run `quadrille apply`), *RegistryError.
func (s *Serde) Encode(ctx context.Context, event Event) ([]byte, error) {
	body, err := Marshal(event)
	if err != nil {
		return nil, err
	}
	id, err := s.registry.IDOf(ctx, event.AvroSchema())
	if err != nil {
		return nil, err
	}
	return Frame(id, body), nil
}

// Frame puts the prefix before a body: a zero byte and the schema's id, big-endian.
func Frame(id uint32, body []byte) []byte {
	value := make([]byte, prefixLength, prefixLength+len(body))
	binary.BigEndian.PutUint32(value[1:], id)
	return append(value, body...)
}

// Unframe takes the prefix off a value. It returns a *DecodeError if there is none.
func Unframe(value []byte) (id uint32, body []byte, err error) {
	if value == nil {
		return 0, nil, &DecodeError{"", errors.New("the record has no value")}
	}
	if len(value) < prefixLength {
		return 0, nil, &DecodeError{"", fmt.Errorf("the value has %d bytes; the prefix alone has 5", len(value))}
	}
	if value[0] != magic {
		return 0, nil, &DecodeError{"", fmt.Errorf("the value begins with byte %d, not with 0", value[0])}
	}
	return binary.BigEndian.Uint32(value[1:]), value[prefixLength:], nil
}

// Header is one header of a Kafka record.
type Header struct {
	Key   string
	Value []byte
}

// Headers returns the headers of an event's record: CloudEvents, Kafka protocol binding 1.0, binary mode. The source is
// the service that publishes, the id as of DerivedID, and the time that of the decision.
func Headers(event Event, source, id string, at time.Time) []Header {
	schema := event.AvroSchema()
	texts := [][2]string{
		{"ce_specversion", "1.0"},
		{"ce_id", id},
		{"ce_type", schema.FullName},
		{"ce_source", "/services/" + source},
		{"ce_time", at.UTC().Format(time.RFC3339Nano)},
		{"ce_dataschema", dataSchema + schema.Fingerprint},
		{"content-type", "application/avro"},
	}
	headers := make([]Header, len(texts))
	for i, text := range texts {
		headers[i] = Header{text[0], []byte(text[1])}
	}
	return headers
}

// DerivedID derives an event's id from what caused it, so that deciding again gives the same id: a UUID of version 8 over
// SHA-256 of the source, the cause's 16 bytes and the event's place among those of one decision, from 0.
func DerivedID(source string, cause [16]byte, ordinal int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", source, cause[:], ordinal))
	id := sum[:16]
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
