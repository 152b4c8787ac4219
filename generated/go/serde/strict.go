// Code generated from codegen/runtime/go/serde/strict.go by `make generate`. DO NOT EDIT.

package serde

import (
	"errors"
	"fmt"
	"strings"

	"github.com/twmb/avro"
)

// node is a schema as the check walks it: names are replaced by what they stand for.
type node struct {
	kind     string
	logical  string
	count    uint64 // symbols of an enum, bytes of a fixed
	children []*node
	places   []string
}

// width is how many bytes each primitive takes at least.
var width = map[string]int{"null": 0, "boolean": 1, "int": 1, "long": 1, "float": 4, "double": 8, "bytes": 1, "string": 1}

type compiler struct {
	named    map[string]*avro.SchemaNode
	underWay map[string]bool
}

func compile(root *avro.SchemaNode) (*node, error) {
	c := compiler{map[string]*avro.SchemaNode{}, map[string]bool{}}
	made, _, err := c.compile(root, "")
	return made, err
}

// compile also returns how many bytes the type takes at least. Names without a dot are those of the namespace around them.
func (c *compiler) compile(s *avro.SchemaNode, namespace string) (*node, int, error) {
	if s.Name != "" {
		full := s.Name
		if namespace = s.Namespace; namespace != "" {
			full = namespace + "." + s.Name
		}
		c.named[full] = s
		if c.underWay[full] {
			return nil, 0, fmt.Errorf("the schema is recursive: %s contains itself", full)
		}
		c.underWay[full] = true
		defer delete(c.underWay, full)
	}
	made := &node{kind: s.Type, logical: s.LogicalType}
	least := 1
	add := func(child *avro.SchemaNode, place string) (int, error) {
		inner, size, err := c.compile(child, namespace)
		made.children, made.places = append(made.children, inner), append(made.places, place)
		return size, err
	}
	switch s.Type {
	case "record", "error":
		made.kind, least = "record", 0
		for i := range s.Fields {
			size, err := add(&s.Fields[i].Type, s.Fields[i].Name)
			if err != nil {
				return nil, 0, err
			}
			least += size
		}
	case "enum":
		made.count = uint64(len(s.Symbols))
	case "fixed":
		made.count, least = uint64(s.Size), s.Size
	case "array", "map":
		items, size := s.Items, 0
		if s.Type == "map" {
			items, size = s.Values, 1
		}
		more, err := add(items, "[]")
		if err == nil && size+more == 0 {
			err = errors.New("the items of an array take no bytes, so that a few bytes could stand for any number of them")
		}
		if err != nil {
			return nil, 0, err
		}
	case "union":
		for i := range s.Branches {
			if _, err := add(&s.Branches[i], ""); err != nil {
				return nil, 0, err
			}
		}
	default:
		size, primitive := width[s.Type]
		if !primitive {
			name := s.Type
			if namespace != "" && !strings.Contains(name, ".") {
				name = namespace + "." + name
			}
			found, ok := c.named[name]
			if !ok {
				return nil, 0, fmt.Errorf("no type is named %s", name)
			}
			return c.compile(found, found.Namespace)
		}
		least = size
	}
	return made, least, nil
}

var errEarly = errors.New("the body ends too early")

// walker reads a body without making anything of it.
type walker struct {
	body []byte
	at   int
}

// check tells whether a body is exactly one record of a schema, written as the specification says (Avro 1.12, "Binary
// Encoding"): every number in its shortest form and in range, every index there, every length and count inside the body,
// text in UTF-8, and nothing left over.
func check(root *node, body []byte) error {
	w := walker{body: body}
	if err := w.walk(root); err != nil {
		return fmt.Errorf("byte %d of %d: %w", w.at, len(body), err)
	}
	if w.at != len(body) {
		return fmt.Errorf("%d of %d bytes are left over", len(body)-w.at, len(body))
	}
	return nil
}

func (w *walker) walk(n *node) error {
	switch n.kind {
	case "null":
		return nil
	case "boolean":
		if w.at < len(w.body) && w.body[w.at] > 1 {
			return fmt.Errorf("%d is no boolean", w.body[w.at])
		}
		return w.skip(1)
	case "int":
		value, err := w.number()
		if err == nil && value != int64(int32(value)) {
			err = fmt.Errorf("%d is out of the range of int", value)
		}
		return err
	case "long":
		_, err := w.number()
		return err
	case "float":
		return w.skip(4)
	case "double":
		return w.skip(8)
	case "fixed":
		return w.skip(int64(n.count))
	case "bytes":
		size, err := w.number()
		if err != nil {
			return err
		}
		return w.skip(size)
	case "string":
		return w.text(n.logical)
	case "enum":
		_, err := w.index(n.count)
		return err
	case "union":
		branch, err := w.index(uint64(len(n.children)))
		if err != nil {
			return err
		}
		return w.walk(n.children[branch])
	case "record":
		for i, child := range n.children {
			if err := w.walk(child); err != nil {
				return fmt.Errorf("%s: %w", n.places[i], err)
			}
		}
		return nil
	default:
		return w.blocks(n)
	}
}

func (w *walker) number() (int64, error) {
	var raw uint64
	for i := 0; i < 10; i++ {
		if w.at+i >= len(w.body) {
			return 0, errEarly
		}
		b := w.body[w.at+i]
		raw |= uint64(b&127) << (7 * i)
		if b > 127 {
			continue
		}
		if b == 0 && i > 0 {
			return 0, errors.New("a number is longer than it need be")
		}
		if i == 9 && b > 1 {
			break
		}
		w.at += i + 1
		return int64(raw>>1) ^ -int64(raw&1), nil
	}
	return 0, errors.New("a number is beyond 64 bits")
}

func (w *walker) index(count uint64) (uint64, error) {
	value, err := w.number()
	if err == nil && uint64(value) >= count {
		err = fmt.Errorf("index %d of %d", value, count)
	}
	return uint64(value), err
}

func (w *walker) skip(size int64) error {
	if size < 0 {
		return fmt.Errorf("a length of %d", size)
	}
	if size > int64(len(w.body)-w.at) {
		return errEarly
	}
	w.at += int(size)
	return nil
}

func (w *walker) text(logical string) error {
	size, err := w.number()
	if err != nil {
		return err
	}
	start := w.at
	if err := w.skip(size); err != nil {
		return err
	}
	text := w.body[start:w.at]
	if !validText(text) {
		return errors.New("text that is no UTF-8")
	}
	if logical == "uuid" && !isUUID(text) {
		return fmt.Errorf("%q is no UUID", text)
	}
	return nil
}

func isUUID(text []byte) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range text {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c < '0' || c > '9' && c < 'A' || c > 'F' && c < 'a' || c > 'f':
			return false
		}
	}
	return true
}

func (w *walker) blocks(n *node) error {
	for {
		count, err := w.number()
		if err != nil || count == 0 {
			return err
		}
		end := -1
		if count < 0 {
			size, err := w.number()
			if err != nil {
				return err
			}
			// Each item takes a byte at least.
			if count = -count; count < 0 || size < count || size > int64(len(w.body)-w.at) {
				return fmt.Errorf("a block of %d items has a size of %d", count, size)
			}
			end = w.at + int(size)
		} else if count > int64(len(w.body)-w.at) {
			return fmt.Errorf("%d bytes are left for a count of %d", len(w.body)-w.at, count)
		}
		for ; count > 0; count-- {
			if n.kind == "map" {
				if err := w.text(""); err != nil {
					return err
				}
			}
			if err := w.walk(n.children[0]); err != nil {
				return err
			}
		}
		if end >= 0 && w.at != end {
			return errors.New("a block does not end where its size says")
		}
	}
}
