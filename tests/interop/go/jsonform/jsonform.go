// Package jsonform turns events into the JSON form of the vectors, and back: longs and times are text.
package jsonform

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

var timeType = reflect.TypeFor[time.Time]()

// Of returns the JSON form of an event.
func Of(value any) any { return of(reflect.ValueOf(value)) }

func of(v reflect.Value) any {
	switch {
	case v.Type() == timeType:
		return strconv.FormatInt(v.Interface().(time.Time).UnixMilli(), 10)
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return of(v.Elem())
	case v.Kind() == reflect.Struct:
		object := map[string]any{}
		for i := range v.NumField() {
			object[v.Type().Field(i).Tag.Get("avro")] = of(v.Field(i))
		}
		return object
	case v.Kind() == reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = of(v.Index(i))
		}
		return items
	case v.Kind() == reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case v.Kind() == reflect.String:
		return v.String()
	default:
		panic(fmt.Sprintf("no vector holds a %s yet", v.Type()))
	}
}

// Into fills an event from its JSON form.
func Into(text json.RawMessage, event any) error {
	return into(text, reflect.ValueOf(event).Elem())
}

func into(text json.RawMessage, v reflect.Value) error {
	switch {
	case v.Type() == timeType:
		millis, err := number(text)
		v.Set(reflect.ValueOf(time.UnixMilli(millis).UTC()))
		return err
	case v.Kind() == reflect.Pointer:
		if string(text) == "null" {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return into(text, v.Elem())
	case v.Kind() == reflect.Struct:
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return err
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("avro")
			if err := into(object[name], v.Field(i)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	case v.Kind() == reflect.Slice:
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			if err := into(item, v.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case v.Kind() == reflect.Int64:
		value, err := number(text)
		v.SetInt(value)
		return err
	case v.Kind() == reflect.String:
		var value string
		err := json.Unmarshal(text, &value)
		v.SetString(value)
		return err
	default:
		return fmt.Errorf("no vector holds a %s yet", v.Type())
	}
}

func number(text json.RawMessage) (int64, error) {
	var digits string
	if err := json.Unmarshal(text, &digits); err != nil {
		return 0, err
	}
	return strconv.ParseInt(digits, 10, 64)
}
