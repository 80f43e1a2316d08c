package config

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
)

// SchemaID is where the schema is found.
const SchemaID = "https://raw.githubusercontent.com/concurrencyvet/concurrencyvet/main/docs/concurrencyvet.schema.json"

// Schema returns the JSON Schema of configuration files, by which editors
// complete and check them, for checks with the given summaries.
func Schema(summaries map[string]string) ([]byte, error) {
	s := schemaOf(reflect.TypeFor[File](), summaries)
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["$id"] = SchemaID
	s["title"] = "Configuration of concurrencyvet"
	data, err := json.MarshalIndent(s, "", "  ")
	return append(data, '\n'), err
}

// object is a JSON object.
type object map[string]any

// schemaOf returns the schema of a struct.
func schemaOf(form reflect.Type, summaries map[string]string) object {
	properties := make(object)
	for field := range form.Fields() {
		s := schemaOfField(field, summaries)
		s["description"] = field.Tag.Get("doc")
		properties[field.Tag.Get("toml")] = s
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties}
}

// schemaOfField returns the schema of a field of a struct.
func schemaOfField(field reflect.StructField, summaries map[string]string) object {
	if enum := field.Tag.Get("enum"); enum != "" {
		return object{"enum": strings.Split(enum, ",")}
	}
	switch t := field.Type; {
	case t == reflect.TypeFor[map[string]bool]():
		return byCheck(summaries, object{"type": "boolean"})
	case t == reflect.TypeFor[map[string]map[string]any]():
		return byCheck(summaries, object{"type": "object", "additionalProperties": object{"type": []string{"string", "boolean", "number"}}})
	case t == reflect.TypeFor[[]Path]():
		item := schemaOf(reflect.TypeFor[Path](), summaries)
		item["required"] = []string{"glob"}
		return object{"type": "array", "items": item}
	case t == reflect.TypeFor[[]string]():
		return object{"type": "array", "items": object{"type": "string"}}
	case t == reflect.TypeFor[*bool]():
		return object{"type": "boolean"}
	}
	return object{"type": "string"}
}

// byCheck returns the schema of a table that has the names of checks as keys.
func byCheck(summaries map[string]string, value object) object {
	properties := make(object)
	for name, summary := range summaries {
		s := object{"description": summary}
		maps.Copy(s, value)
		properties[name] = s
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties}
}
