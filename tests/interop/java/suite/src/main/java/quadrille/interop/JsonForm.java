package quadrille.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;

/** Turns events into the JSON form of the vectors, and back: longs and times are text. */
public final class JsonForm {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonForm() {}

  /** Gives the JSON form of an event. */
  public static JsonNode of(Object value) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof IndexedRecord record) {
      ObjectNode object = NODES.objectNode();
      for (Schema.Field field : record.getSchema().getFields()) {
        object.set(field.name(), of(record.get(field.pos())));
      }
      return object;
    }
    if (value instanceof List<?> items) {
      ArrayNode array = NODES.arrayNode();
      items.forEach(item -> array.add(of(item)));
      return array;
    }
    return NODES.textNode(value instanceof Instant time ? "" + time.toEpochMilli() : value.toString());
  }

  /** Makes an event of its JSON form. */
  public static SpecificRecordBase event(Schema schema, JsonNode json) {
    return (SpecificRecordBase) make(schema, json);
  }

  private static Object make(Schema schema, JsonNode json) {
    switch (schema.getType()) {
      case UNION:
        return json.isNull() ? null : make(schema.getTypes().get(schema.getTypes().size() - 1), json);
      case RECORD: {
        SpecificRecordBase record = (SpecificRecordBase) SpecificData.get().newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
          record.put(field.pos(), make(field.schema(), json.get(field.name())));
        }
        return record;
      }
      case ARRAY: {
        List<Object> items = new ArrayList<>();
        json.forEach(item -> items.add(make(schema.getElementType(), item)));
        return items;
      }
      case ENUM:
        return SpecificData.get().createEnum(json.asText(), schema);
      case LONG: {
        long value = Long.parseLong(json.asText());
        return schema.getLogicalType() == null ? (Object) value : Instant.ofEpochMilli(value);
      }
      case STRING:
        return schema.getLogicalType() == null ? json.asText() : (Object) UUID.fromString(json.asText());
      default:
        throw new IllegalArgumentException("no vector holds a " + schema.getType() + " yet");
    }
  }
}
