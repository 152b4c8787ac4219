// Reads an AsyncAPI document with the official parser and prints, as JSON, what it says and what it resolved.
// Usage: node check.mjs FILE
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";
import { AvroSchemaParser } from "@asyncapi/avro-schema-parser";
import avsc from "avsc";

const SEVERITIES = ["error", "warning", "information", "hint"];

const parser = new Parser();
parser.registerSchemaParser(AvroSchemaParser());
const { document, diagnostics } = await parser.parse(await readFile(process.argv[2], "utf8"));

// A JSON Schema without a type, a reference or alternatives would accept anything: a type that was not resolved.
function untyped(schema, path, found) {
  const alternatives = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (schema.$ref) found.push(`${path}: ${schema.$ref}`);
  else if (!schema.type && !alternatives && !schema.enum && schema.const === undefined) found.push(path);
  for (const [name, child] of Object.entries(schema.properties ?? {})) untyped(child, `${path}.${name}`, found);
  for (const child of alternatives ?? []) untyped(child, `${path}|`, found);
  if (schema.items) untyped(schema.items, `${path}[]`, found);
  return found;
}

// The type as the parser's own Avro library has resolved it: every name followed to what it stands for.
function resolved(type) {
  if (type.typeName === "record") {
    return { [type.name]: Object.fromEntries(type.fields.map((field) => [field.name, resolved(field.type)])) };
  }
  if (type.typeName === "array") return [resolved(type.itemsType)];
  if (type.typeName === "enum") return `${type.name}: ${type.symbols.join(" ")}`;
  if (type.typeName.startsWith("union:")) return { or: type.types.map(resolved) };
  if (type.typeName.startsWith("logical:")) return resolved(type.underlyingType);
  return type.typeName;
}

const result = {
  diagnostics: diagnostics.map(({ code, message, path, severity }) => ({
    code,
    message,
    path: path.join("."),
    severity: SEVERITIES[severity],
  })),
  messages: {},
  operations: {},
};
for (const channel of document?.channels().all() ?? []) {
  for (const message of channel.messages().all()) {
    const { schema, "x-parser-original-payload": avro } = message.payload().json();
    result.messages[message.id()] = {
      name: message.name(),
      channel: channel.address(),
      resolved: resolved(avsc.Type.forSchema(avro)),
      untyped: untyped(schema, "", []),
      headers: Object.keys(message.headers().properties()),
    };
  }
}
for (const operation of document?.operations().all() ?? []) {
  result.operations[operation.id()] = {
    action: operation.action(),
    messages: operation.messages().all().map((message) => message.name()),
  };
}
console.log(JSON.stringify(result, null, 2));
