// Code generated from codegen/runtime/go/serde/schema.go by `make generate`. DO NOT EDIT.

// Package serde reads and writes the platform's events: Avro bodies behind the five-byte prefix of a schema registry.
//
// What holds:
//   - A body is checked against its writer's schema before the Avro library sees it; what the specification does not
//     allow is a DecodeError. What is written passes the same check.
//   - Schemas are looked up and never registered; each is asked for once.
//   - A body is read as this version's type: Avro resolves the writer's schema to the reader's own.
package serde

import (
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/twmb/avro"
)

// Event is what the generated event types are.
type Event interface {
	// AvroSchema returns the schema of this version, with the topic that the event belongs to.
	AvroSchema() *Schema
	// Key returns the key of the event's record in Kafka.
	Key() string
}

// Schema is one version of an event's schema. Make it with NewSchema; it is safe for concurrent use.
type Schema struct {
	// FullName is the Avro full name of the record.
	FullName string
	// Topic is the topic of the event; empty for a schema that came from the registry.
	Topic string
	// Text is the self-contained schema, as it is registered.
	Text string
	// Fingerprint is the SHA-256 of the text in hexadecimal: the schema's name in ce_dataschema.
	Fingerprint string

	once     sync.Once
	err      error
	parsed   *avro.Schema
	root     *node
	resolved sync.Map // reader *Schema -> *avro.Schema
}

// NewSchema returns a schema that is parsed when it is first used.
func NewSchema(fullName, topic, text, fingerprint string) *Schema {
	return &Schema{FullName: fullName, Topic: topic, Text: text, Fingerprint: fingerprint}
}

// Subject returns the schema's subject in the registry (TopicRecordNameStrategy).
func (s *Schema) Subject() string { return s.Topic + "-" + s.FullName }

func (s *Schema) parse() error {
	s.once.Do(func() {
		if s.parsed, s.err = avro.Parse(s.Text); s.err == nil {
			s.root, s.err = compile(s.parsed.Root())
		}
	})
	return s.err
}

// readAs returns what decodes bodies of this schema into the reader's layout.
func (s *Schema) readAs(reader *Schema) (*avro.Schema, error) {
	if s == reader || s.Text == reader.Text {
		return reader.parsed, nil
	}
	if known, ok := s.resolved.Load(reader); ok {
		return known.(*avro.Schema), nil
	}
	found, err := avro.Resolve(s.parsed, reader.parsed)
	if err == nil {
		s.resolved.Store(reader, found)
	}
	return found, err
}

// DecodeError says that bytes are no event of the type that they should be. The same bytes fail again.
type DecodeError struct {
	// FullName is the event that was to be read; empty if that is not known.
	FullName string
	// Reason says what is wrong, and where.
	Reason error
}

func (e *DecodeError) Error() string {
	if e.FullName == "" {
		return "no event: " + e.Reason.Error()
	}
	return fmt.Sprintf("no %s: %v", e.FullName, e.Reason)
}

func (e *DecodeError) Unwrap() error { return e.Reason }

// EncodeError says that an event holds a value which its schema cannot express.
type EncodeError struct {
	// FullName is the event.
	FullName string
	// Reason says which value.
	Reason error
}

func (e *EncodeError) Error() string { return fmt.Sprintf("%s cannot be written: %v", e.FullName, e.Reason) }

func (e *EncodeError) Unwrap() error { return e.Reason }

// Marshal writes an event as a bare Avro body. It returns an *EncodeError for a value that does not fit its field.
func Marshal(event Event) ([]byte, error) {
	schema := event.AvroSchema()
	if err := schema.parse(); err != nil {
		return nil, &EncodeError{schema.FullName, err}
	}
	body, err := schema.parsed.Encode(event)
	if err == nil {
		err = check(schema.root, body)
	}
	if err != nil {
		return nil, &EncodeError{schema.FullName, err}
	}
	return body, nil
}

// Unmarshal reads a bare Avro body into an event. The writer is the schema that the body was written with; nil stands
// for the event's own. It returns a *DecodeError for a body that is no such event.
func Unmarshal(body []byte, writer *Schema, into Event) error {
	reader := into.AvroSchema()
	if writer == nil {
		writer = reader
	}
	fail := func(err error) error { return &DecodeError{reader.FullName, err} }
	if err := reader.parse(); err != nil {
		return fail(err)
	}
	if err := writer.parse(); err != nil {
		return fail(err)
	}
	if err := check(writer.root, body); err != nil {
		return fail(err)
	}
	plan, err := writer.readAs(reader)
	if err != nil {
		return fail(err)
	}
	rest, err := plan.Decode(body, into)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d of %d bytes are left over", len(rest), len(body))
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

func validText(text []byte) bool { return utf8.Valid(text) }
