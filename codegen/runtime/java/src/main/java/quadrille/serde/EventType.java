package quadrille.serde;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * One event: its class, and where it goes.
 *
 * @param fullName Avro full name of the record.
 * @param topic its topic.
 * @param keyField the field that is the record's key in Kafka.
 * @param text the self-contained schema, as it is registered. The class's own has Java's hints beside it.
 * @param fingerprint SHA-256 of the text in hexadecimal: the schema's name in {@code ce_dataschema}.
 * @param schema the class's schema.
 */
public record EventType(
    String fullName, String topic, String keyField, String text, String fingerprint, Schema schema) {

  /** Returns the schema's subject in the registry (TopicRecordNameStrategy). */
  public String subject() {
    return topic + "-" + fullName;
  }

  /** Returns the key of an event's record in Kafka. */
  public String keyOf(SpecificRecordBase event) {
    return String.valueOf(event.get(keyField));
  }
}
