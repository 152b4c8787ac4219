// Package vectors holds the Go package to the vectors.
package vectors

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/avro"
	"quadrille/events"
	"quadrille/events/shipping"
	"quadrille/interop/jsonform"
	"quadrille/serde"
)

const folder = "../../../../generated/vectors"

type octets []byte

func (o *octets) UnmarshalJSON(text []byte) error {
	var digits *string
	if err := json.Unmarshal(text, &digits); err != nil || digits == nil {
		return err
	}
	raw, err := hex.DecodeString(*digits)
	*o = raw
	return err
}

type accepted struct {
	Name      string
	Event     string
	Canonical bool
	Body      octets
	Framed    octets
	JSON      json.RawMessage
}

type refused struct {
	Kind   string
	Name   string
	Body   octets
	Framed octets
}

type file struct {
	Event  string
	Accept []accepted
	Reject []refused
}

type schema struct {
	ID       uint32
	Subject  string
	FullName string `json:"full_name"`
	Text     string
}

func load(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(name, err)
	}
}

func files(t testing.TB) []file {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "quadrille.*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no vectors", err)
	}
	found := make([]file, len(paths))
	for i, path := range paths {
		load(t, filepath.Base(path), &found[i])
	}
	return found
}

// registry serves the vectors' schemas over HTTP, and counts what it is asked.
type registry struct {
	url   string
	mu    sync.Mutex
	asked map[string]int
}

func serve(t testing.TB) *registry {
	t.Helper()
	var listed struct{ Schemas []schema }
	load(t, "schemas.json", &listed)
	made := &registry{asked: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made.mu.Lock()
		made.asked[r.Method+" "+r.URL.Path]++
		made.mu.Unlock()
		var request struct{ Schema string }
		if r.Method == http.MethodPost {
			_ = json.NewDecoder(r.Body).Decode(&request)
		}
		for _, each := range listed.Schemas {
			switch {
			case r.Method == http.MethodGet && r.URL.Path == fmt.Sprintf("/schemas/ids/%d", each.ID):
				_ = json.NewEncoder(w).Encode(map[string]any{"schema": each.Text})
				return
			case r.Method == http.MethodPost && r.URL.Path == "/subjects/"+each.Subject && request.Schema == each.Text:
				_ = json.NewEncoder(w).Encode(map[string]any{"id": each.ID, "schema": each.Text})
				return
			}
		}
		http.Error(w, `{"error_code":40403}`, http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	made.url = server.URL
	return made
}

func open(t testing.TB) *serde.Serde {
	t.Helper()
	return serde.New(serde.NewRegistry(serve(t).url, nil), events.New)
}

func sameJSON(t *testing.T, event serde.Event, want json.RawMessage) {
	t.Helper()
	var wanted any
	if err := json.Unmarshal(want, &wanted); err != nil {
		t.Fatal(err)
	}
	if got := jsonform.Of(event); !reflect.DeepEqual(got, wanted) {
		t.Errorf("got  %v\nwant %v", got, wanted)
	}
}

func TestEveryBodyIsReadAndWrittenAlike(t *testing.T) {
	codec, ctx := open(t), context.Background()
	for _, each := range files(t) {
		for _, vector := range each.Accept {
			t.Run(each.Event+"/"+vector.Name, func(t *testing.T) {
				event, err := codec.Decode(ctx, vector.Framed)
				if err != nil {
					t.Fatal(err)
				}
				sameJSON(t, event, vector.JSON)
				made := events.New(each.Event)
				if err := jsonform.Into(vector.JSON, made); err != nil {
					t.Fatal(err)
				}
				for _, source := range []serde.Event{event, made} {
					framed, err := codec.Encode(ctx, source)
					if err != nil {
						t.Fatal(err)
					}
					if vector.Canonical && !bytes.Equal(framed, vector.Framed) {
						t.Errorf("written as %x\nwant       %x", framed, []byte(vector.Framed))
					}
				}
				if vector.Canonical && !bytes.Equal(vector.Framed[5:], vector.Body) {
					t.Error("the framed body is not the bare one")
				}
			})
		}
	}
}

func TestEveryWrongBodyIsRefused(t *testing.T) {
	codec, ctx := open(t), context.Background()
	for _, each := range files(t) {
		for _, vector := range each.Reject {
			t.Run(each.Event+"/"+vector.Kind+"/"+vector.Name, func(t *testing.T) {
				event, err := codec.Decode(ctx, vector.Framed)
				if err == nil {
					t.Fatalf("read as %v", jsonform.Of(event))
				}
				var unreadable *serde.DecodeError
				var unknown *serde.UnknownSchemaError
				if !errors.As(err, &unreadable) && !errors.As(err, &unknown) {
					t.Fatalf("%T: %v", err, err)
				}
			})
		}
	}
}

func TestOtherVersionsAreReadAsThisOne(t *testing.T) {
	codec := open(t)
	var found file
	load(t, "evolution.json", &found)
	for _, vector := range found.Accept {
		t.Run(vector.Event+"/"+vector.Name, func(t *testing.T) {
			event, err := codec.Decode(context.Background(), vector.Framed)
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, event, vector.JSON)
		})
	}
}

func TestTheRegistryIsAskedOnceForEachSchemaAndNeverToRegister(t *testing.T) {
	server := serve(t)
	codec, ctx := serde.New(serde.NewRegistry(server.url+"/", nil), events.New), context.Background()
	for _, each := range files(t) {
		for range 3 {
			event, err := codec.Decode(ctx, each.Accept[0].Framed)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := codec.Encode(ctx, event); err != nil {
				t.Fatal(err)
			}
		}
	}
	for request, times := range server.asked {
		if times != 1 || strings.HasSuffix(request, "/versions") {
			t.Errorf("%s: asked %d times", request, times)
		}
	}
}

func TestARegistryThatIsAwayIsAnErrorThatMayPass(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	codec := serde.New(serde.NewRegistry(server.URL, nil), events.New)
	_, err := codec.Decode(context.Background(), files(t)[0].Accept[0].Framed)
	var away *serde.RegistryError
	if !errors.As(err, &away) {
		t.Fatalf("%T: %v", err, err)
	}
}

func TestATombstoneAndAnEventThatIsNotWantedAreToldApart(t *testing.T) {
	registry := serde.NewRegistry(serve(t).url, nil)
	codec := serde.New(registry, func(string) serde.Event { return nil })
	_, err := codec.Decode(context.Background(), nil)
	var unreadable *serde.DecodeError
	if !errors.As(err, &unreadable) {
		t.Errorf("%T: %v", err, err)
	}
	_, err = codec.Decode(context.Background(), files(t)[0].Accept[0].Framed)
	var other *serde.OtherEventError
	if !errors.As(err, &other) {
		t.Errorf("%T: %v", err, err)
	}
}

func TestTextThatIsNoUTF8AndAKeyThatIsNoUUIDAreNotWritten(t *testing.T) {
	const id = "019dd2a1-8f00-7abc-8def-0123456789ab"
	for _, event := range []serde.Event{
		&shipping.OrderShipped{OrderID: id, ShipmentID: id, Carrier: "\xff"},
		&shipping.OrderShipped{OrderID: "x", ShipmentID: id},
		&shipping.ShippingFailed{OrderID: id, Reason: "NONE_SUCH"},
	} {
		var wrong *serde.EncodeError
		if _, err := serde.Marshal(event); !errors.As(err, &wrong) {
			t.Errorf("%v: %T: %v", event, err, err)
		}
	}
}

func TestHeadersAreThoseOfCloudEvents(t *testing.T) {
	at := time.Date(2026, 5, 4, 12, 30, 15, 123_000_000, time.UTC)
	event := &shipping.OrderShipped{}
	id := serde.DerivedID("shipping", [16]byte{15: 7}, 0)
	got := map[string]string{}
	for _, header := range serde.Headers(event, "shipping", id, at) {
		got[header.Key] = string(header.Value)
	}
	want := map[string]string{
		"ce_specversion": "1.0",
		"ce_id":          id,
		"ce_type":        "quadrille.events.shipping.OrderShipped",
		"ce_source":      "/services/shipping",
		"ce_time":        "2026-05-04T12:30:15.123Z",
		"ce_dataschema":  "urn:quadrille:schema:sha256:" + event.AvroSchema().Fingerprint,
		"content-type":   "application/avro",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestIdsAreDerivedAsTheServicesDoIt(t *testing.T) {
	var listed struct {
		IDs []struct {
			Source, Cause, ID string
			Ordinal           int
		}
	}
	load(t, "ids.json", &listed)
	for _, each := range listed.IDs {
		cause, err := hex.DecodeString(strings.ReplaceAll(each.Cause, "-", ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := serde.DerivedID(each.Source, [16]byte(cause), each.Ordinal); got != each.ID {
			t.Errorf("got %s, want %s", got, each.ID)
		}
	}
	if len(listed.IDs) == 0 {
		t.Error("there are none")
	}
}

// TestWhatTheBareLibraryLetsThrough measures; pytest compares what it finds with docs/languages.md.
func TestWhatTheBareLibraryLetsThrough(t *testing.T) {
	// It has something of everything: text, ids, times, enums, unions and arrays.
	const event = "quadrille.events.inventory.InventoryFailed"
	type count struct {
		Read int `json:"read"`
		Died int `json:"died"`
		Of   int `json:"of"`
	}
	bare := avro.MustParse(events.New(event).AvroSchema().Text)
	counts := map[string]*count{}
	var found file
	load(t, event+".json", &found)
	for _, vector := range found.Reject {
		if vector.Body == nil {
			continue
		}
		if counts[vector.Kind] == nil {
			counts[vector.Kind] = &count{}
		}
		one := counts[vector.Kind]
		one.Of++
		func() {
			defer func() {
				if recover() != nil {
					one.Died++
				}
			}()
			if _, err := bare.Decode(vector.Body, events.New(event)); err == nil {
				one.Read++
			}
		}()
	}
	text, err := json.Marshal(counts)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("LENIENCY %s\n", text)
}
