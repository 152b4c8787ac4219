// Code generated from codegen/runtime/go/serde/registry.go by `make generate`. DO NOT EDIT.

package serde

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Registry asks a Confluent-compatible schema registry which schema has which id, each once. It never registers.
type Registry struct {
	url    string
	client *http.Client
	mu     sync.Mutex
	byID   map[uint32]*Schema
	ids    map[string]uint32
}

// NewRegistry returns a client of the registry at a URL, such as http://127.0.0.1:8081/apis/ccompat/v7. A nil client
// stands for one that waits five seconds.
func NewRegistry(url string, client *http.Client) *Registry {
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	return &Registry{strings.TrimRight(url, "/"), client, sync.Mutex{}, map[uint32]*Schema{}, map[string]uint32{}}
}

// RegistryError says that the registry did not answer, or not as it should. Asking again later may help.
type RegistryError struct{ Reason error }

func (e *RegistryError) Error() string { return fmt.Sprintf("the registry: %v", e.Reason) }

func (e *RegistryError) Unwrap() error { return e.Reason }

// UnknownSchemaError says that the registry lacks what was asked for.
type UnknownSchemaError struct{ What string }

func (e *UnknownSchemaError) Error() string { return "the registry lacks " + e.What }

// ByID returns the schema with an id. Errors: *UnknownSchemaError, *RegistryError.
func (r *Registry) ByID(ctx context.Context, id uint32) (*Schema, error) {
	r.mu.Lock()
	known := r.byID[id]
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	var found struct{ Schema string }
	what := fmt.Sprintf("a schema with id %d", id)
	if err := r.ask(ctx, http.MethodGet, fmt.Sprintf("/schemas/ids/%d", id), nil, what, &found); err != nil {
		return nil, err
	}
	var head struct{ Type, Name, Namespace string }
	if json.Unmarshal([]byte(found.Schema), &head) != nil || head.Type != "record" {
		return nil, &DecodeError{"", fmt.Errorf("the schema with id %d is no record", id)}
	}
	name := head.Name
	if head.Namespace != "" && !strings.Contains(name, ".") {
		name = head.Namespace + "." + name
	}
	sum := sha256.Sum256([]byte(found.Schema))
	schema := NewSchema(name, "", found.Schema, hex.EncodeToString(sum[:]))
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.byID[id]; first != nil {
		return first, nil
	}
	r.byID[id] = schema
	return schema, nil
}

// IDOf returns the id of a schema under its subject. Errors: *UnknownSchemaError, *RegistryError.
func (r *Registry) IDOf(ctx context.Context, schema *Schema) (uint32, error) {
	r.mu.Lock()
	id, known := r.ids[schema.Fingerprint]
	r.mu.Unlock()
	if known {
		return id, nil
	}
	request, err := json.Marshal(map[string]string{"schema": schema.Text, "schemaType": "AVRO"})
	if err != nil {
		return 0, &RegistryError{err}
	}
	var found struct{ ID *uint32 }
	path := "/subjects/" + url.PathEscape(schema.Subject())
	if err := r.ask(ctx, http.MethodPost, path, request, "the schema of "+schema.Subject(), &found); err != nil {
		return 0, err
	}
	if found.ID == nil {
		return 0, &RegistryError{errors.New("it answers without an id")}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids[schema.Fingerprint] = *found.ID
	r.byID[*found.ID] = schema
	return *found.ID, nil
}

func (r *Registry) ask(ctx context.Context, method, path string, body []byte, what string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, r.url+path, bytes.NewReader(body))
	if err != nil {
		return &RegistryError{err}
	}
	request.Header.Set("Accept", "application/vnd.schemaregistry.v1+json")
	request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	answer, err := r.client.Do(request)
	if err != nil {
		return &RegistryError{err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 16<<20))
	switch {
	case err != nil:
		return &RegistryError{err}
	case answer.StatusCode == http.StatusNotFound:
		return &UnknownSchemaError{what}
	case answer.StatusCode != http.StatusOK:
		return &RegistryError{fmt.Errorf("it answers %s", answer.Status)}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return &RegistryError{err}
	}
	return nil
}
