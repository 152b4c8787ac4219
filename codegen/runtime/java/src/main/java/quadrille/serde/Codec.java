package quadrille.serde;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/** Bare Avro bodies to specific records and back. What is written passes the same check as what is read. */
public final class Codec {
  private record Pair(Schema writer, Schema reader) {}

  private static final Map<Pair, SpecificDatumReader<SpecificRecordBase>> READERS = new ConcurrentHashMap<>();

  static {
    // Since 1.12.2 Avro makes objects of trusted classes only: the generated ones, beside whatever is trusted already.
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith("quadrille.events.")));
  }

  private Codec() {}

  /**
   * Writes an event as a bare body.
   *
   * @param event the event.
   * @return the body.
   * @throws EncodeException a value does not fit its field.
   */
  public static byte[] encode(SpecificRecordBase event) throws EncodeException {
    Schema schema = event.getSchema();
    try {
      wellFormed(event);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      new SpecificDatumWriter<SpecificRecordBase>(schema, event.getSpecificData()).write(event, encoder);
      encoder.flush();
      byte[] body = out.toByteArray();
      Strict.check(schema, body);
      return body;
    } catch (IOException | RuntimeException e) {
      throw new EncodeException(schema.getFullName() + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a bare body.
   *
   * @param body the body.
   * @param writer the schema that it was written with.
   * @param reader the schema of the class to read it as.
   * @return the event.
   * @throws DecodeException the body is no such event, or the schemas do not resolve.
   */
  public static SpecificRecordBase decode(byte[] body, Schema writer, Schema reader) throws DecodeException {
    try {
      Strict.check(writer, body);
      SpecificDatumReader<SpecificRecordBase> plan =
          READERS.computeIfAbsent(
              new Pair(writer, reader),
              pair ->
                  new SpecificDatumReader<>(pair.writer, pair.reader, SpecificData.getForSchema(pair.reader)));
      BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(body, null);
      SpecificRecordBase event = plan.read(null, decoder);
      if (!decoder.isEnd()) {
        throw new IllegalArgumentException("bytes are left over");
      }
      return event;
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("no " + reader.getFullName() + ": " + e.getMessage(), e);
    }
  }

  /** Refuses text that UTF-8 cannot hold: Java writes a question mark for it without a word. */
  private static void wellFormed(Object value) {
    if (value instanceof CharSequence text) {
      if (text.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF)) {
        throw new IllegalArgumentException("text that UTF-8 cannot hold");
      }
    } else if (value instanceof IndexedRecord record) {
      for (int i = 0; i < record.getSchema().getFields().size(); i++) {
        wellFormed(record.get(i));
      }
    } else if (value instanceof List<?> items) {
      items.forEach(Codec::wellFormed);
    } else if (value instanceof Map<?, ?> entries) {
      entries.forEach(
          (key, item) -> {
            wellFormed(key);
            wellFormed(item);
          });
    }
  }
}
