package quadrille.serde;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Reads and writes the values of Kafka records: Avro bodies behind the five-byte prefix of a schema registry.
 *
 * <ul>
 *   <li>A body is checked against its writer's schema before Avro's reader sees it; what the specification does not
 *       allow is a {@link DecodeException}.
 *   <li>Schemas are looked up and never registered; each is asked for once.
 *   <li>A body is read as this version's type: Avro resolves the writer's schema to the reader's own.
 * </ul>
 */
public final class Serde {
  private static final int MAGIC = 0;
  private static final int PREFIX_LENGTH = 5;

  private final Registry registry;
  private final Map<String, EventType> events;

  /**
   * Prepares to read and write.
   *
   * @param registry where schemas are looked up.
   * @param events the events that are read, by full name: {@code Events.ALL}, or some of them.
   */
  public Serde(Registry registry, Map<String, EventType> events) {
    this.registry = registry;
    this.events = Map.copyOf(events);
  }

  /**
   * Reads a record's value.
   *
   * @param value the value; null is no event.
   * @return the event; empty if it is none of those that are read here: skip it, and count it.
   * @throws DecodeException the value will never be read.
   * @throws UnknownSchemaException the registry has no schema with the value's id.
   * @throws RegistryException the registry does not answer: ask again later.
   */
  public Optional<SpecificRecordBase> decode(byte[] value)
      throws DecodeException, UnknownSchemaException, RegistryException {
    long id = schemaId(value);
    Schema writer = registry.byId(id);
    EventType type = events.get(writer.getFullName());
    if (type == null) {
      return Optional.empty();
    }
    byte[] body = new byte[value.length - PREFIX_LENGTH];
    System.arraycopy(value, PREFIX_LENGTH, body, 0, body.length);
    return Optional.of(Codec.decode(body, writer, type.schema()));
  }

  /**
   * Writes a record's value.
   *
   * @param event an event that was given to this serde.
   * @return the value.
   * @throws EncodeException a value does not fit its field, or the event is none of those of this serde.
   * @throws UnknownSchemaException the registry lacks the schema; run {@code quadrille apply}.
   * @throws RegistryException the registry does not answer.
   */
  public byte[] encode(SpecificRecordBase event)
      throws EncodeException, UnknownSchemaException, RegistryException {
    EventType type = typeOf(event);
    return frame(registry.idOf(type), Codec.encode(event));
  }

  private EventType typeOf(SpecificRecordBase event) throws EncodeException {
    String name = event.getSchema().getFullName();
    EventType type = events.get(name);
    if (type == null) {
      throw new EncodeException(name + " is none of the events of this serde", null);
    }
    return type;
  }

  /** Puts the prefix before a body: a zero byte and the schema's id, big-endian. */
  public static byte[] frame(long id, byte[] body) {
    return ByteBuffer.allocate(PREFIX_LENGTH + body.length).put((byte) MAGIC).putInt((int) id).put(body).array();
  }

  /**
   * Reads the prefix of a value.
   *
   * @return the schema's id, from 0 to 2^32 - 1.
   * @throws DecodeException there is no prefix.
   */
  public static long schemaId(byte[] value) throws DecodeException {
    if (value == null) {
      throw new DecodeException("the record has no value", null);
    }
    if (value.length < PREFIX_LENGTH) {
      throw new DecodeException("the value has " + value.length + " bytes; the prefix alone has 5", null);
    }
    if (value[0] != MAGIC) {
      throw new DecodeException("the value begins with byte " + (value[0] & 0xff) + ", not with 0", null);
    }
    return Integer.toUnsignedLong(ByteBuffer.wrap(value).getInt(1));
  }

  /**
   * Gives the headers of an event's record: CloudEvents, Kafka protocol binding 1.0, binary mode.
   *
   * @param type the event's type.
   * @param source the service that publishes.
   * @param id as of {@link #derivedId}.
   * @param time when it was decided.
   */
  public static Map<String, byte[]> headers(EventType type, String source, UUID id, Instant time) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("ce_specversion", "1.0");
    texts.put("ce_id", id.toString());
    texts.put("ce_type", type.fullName());
    texts.put("ce_source", "/services/" + source);
    texts.put("ce_time", time.toString());
    texts.put("ce_dataschema", "urn:quadrille:schema:sha256:" + type.fingerprint());
    texts.put("content-type", "application/avro");
    Map<String, byte[]> headers = new LinkedHashMap<>();
    texts.forEach((name, text) -> headers.put(name, text.getBytes(StandardCharsets.UTF_8)));
    return headers;
  }

  /**
   * Derives an event's id from what caused it, so that deciding again gives the same id.
   *
   * @param source the service that decides.
   * @param cause the id of what it answers.
   * @param ordinal the event's place among those of one decision, from 0.
   * @return a UUID of version 8 over SHA-256 of the three.
   */
  public static UUID derivedId(String source, UUID cause, int ordinal) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((source + "\0").getBytes(StandardCharsets.UTF_8));
      sha256.update(
          ByteBuffer.allocate(16)
              .putLong(cause.getMostSignificantBits())
              .putLong(cause.getLeastSignificantBits())
              .array());
      sha256.update(("\0" + ordinal).getBytes(StandardCharsets.UTF_8));
      ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
      long high = digest.getLong() & ~0xF000L | 0x8000L;
      long low = digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
      return new UUID(high, low);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
