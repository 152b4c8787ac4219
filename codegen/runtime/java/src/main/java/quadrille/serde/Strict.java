package quadrille.serde;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.Collections;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * Refuses bodies that are not written as the Avro specification says (1.12, "Binary Encoding"), before Avro's own reader
 * sees them: every number in its shortest form and in range, every index there, every length and count inside the body,
 * text in UTF-8, and nothing left over.
 */
final class Strict {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final String EARLY = "the body ends too early";

  /** Schemas that were found to be finite; they are few, and compared by identity of what the registry cache holds. */
  private static final Map<Schema, Boolean> FINITE = Collections.synchronizedMap(new WeakHashMap<>());

  private final byte[] body;
  private int at;

  private Strict(byte[] body) {
    this.body = body;
  }

  /**
   * Checks a body.
   *
   * @param schema the schema that it was written with.
   * @param body the bare body.
   * @throws IllegalArgumentException the body is no record of the schema, or the schema is recursive, or has an array
   *     whose items take no bytes.
   */
  static void check(Schema schema, byte[] body) {
    if (!FINITE.containsKey(schema)) {
      least(schema, new HashSet<>());
      FINITE.put(schema, true);
    }
    Strict walker = new Strict(body);
    walker.walk(schema, "");
    if (walker.at != body.length) {
      throw new IllegalArgumentException(
          (body.length - walker.at) + " of " + body.length + " bytes are left over");
    }
  }

  /** Returns how many bytes a type takes at least. */
  private static int least(Schema schema, Set<String> underWay) {
    switch (schema.getType()) {
      case NULL:
        return 0;
      case FLOAT:
        return 4;
      case DOUBLE:
        return 8;
      case FIXED:
        return schema.getFixedSize();
      case RECORD: {
        if (!underWay.add(schema.getFullName())) {
          throw new IllegalArgumentException(
              "the schema is recursive: " + schema.getFullName() + " contains itself");
        }
        int sum = 0;
        for (Schema.Field field : schema.getFields()) {
          sum += least(field.schema(), underWay);
        }
        underWay.remove(schema.getFullName());
        return sum;
      }
      case UNION:
        schema.getTypes().forEach(branch -> least(branch, underWay));
        return 1;
      case MAP:
        least(schema.getValueType(), underWay);
        return 1;
      case ARRAY:
        if (least(schema.getElementType(), underWay) == 0) {
          throw new IllegalArgumentException(
              "the items of an array take no bytes, so that a few bytes could stand for any number of them");
        }
        return 1;
      default:
        return 1;
    }
  }

  private void walk(Schema schema, String place) {
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> {
        if (at < body.length && (body[at] & 0xff) > 1) {
          fail(place, (body[at] & 0xff) + " is no boolean");
        }
        skip(1, place);
      }
      case INT -> {
        long value = number(place);
        if (value != (int) value) {
          fail(place, value + " is out of the range of int");
        }
      }
      case LONG -> number(place);
      case FLOAT -> skip(4, place);
      case DOUBLE -> skip(8, place);
      case FIXED -> skip(schema.getFixedSize(), place);
      case BYTES -> skip(number(place), place);
      case STRING -> text("uuid".equals(schema.getProp("logicalType")), place);
      case ENUM -> index(schema.getEnumSymbols().size(), place);
      case UNION -> walk(schema.getTypes().get(index(schema.getTypes().size(), place)), place);
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          walk(field.schema(), place.isEmpty() ? field.name() : place + "." + field.name());
        }
      }
      case ARRAY -> blocks(schema.getElementType(), false, place + "[]");
      case MAP -> blocks(schema.getValueType(), true, place + "[]");
    }
  }

  private void fail(String place, String why) {
    throw new IllegalArgumentException(place + ": byte " + at + " of " + body.length + ": " + why);
  }

  private long number(String place) {
    long raw = 0;
    for (int i = 0; i < 10; i++) {
      if (at + i >= body.length) {
        fail(place, EARLY);
      }
      int b = body[at + i];
      raw |= (b & 127L) << (7 * i);
      if (b < 0) {
        continue;
      }
      if (b == 0 && i > 0) {
        fail(place, "a number is longer than it need be");
      }
      if (i == 9 && b > 1) {
        break;
      }
      at += i + 1;
      return (raw >>> 1) ^ -(raw & 1);
    }
    throw new IllegalArgumentException(
        place + ": byte " + at + " of " + body.length + ": a number is beyond 64 bits");
  }

  private int index(int count, String place) {
    long value = number(place);
    if (value < 0 || value >= count) {
      fail(place, "index " + value + " of " + count);
    }
    return (int) value;
  }

  private void skip(long size, String place) {
    if (size < 0) {
      fail(place, "a length of " + size);
    }
    if (size > body.length - at) {
      fail(place, EARLY);
    }
    at += (int) size;
  }

  private void text(boolean uuid, String place) {
    long size = number(place);
    int start = at;
    skip(size, place);
    CharSequence text = "";
    try {
      // A new decoder reports what is wrong; the methods of String replace it.
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, start, (int) size));
    } catch (CharacterCodingException e) {
      fail(place, "text that is no UTF-8");
    }
    if (uuid && !UUID.matcher(text).matches()) {
      fail(place, "\"" + text + "\" is no UUID");
    }
  }

  private void blocks(Schema items, boolean map, String place) {
    while (true) {
      long count = number(place);
      if (count == 0) {
        return;
      }
      int end = -1;
      if (count < 0) {
        count = -count;
        long size = number(place);
        // Each item takes a byte at least.
        if (count < 0 || size < count || size > body.length - at) {
          fail(place, "a block of " + count + " items has a size of " + size);
        }
        end = at + (int) size;
      } else if (count > body.length - at) {
        fail(place, (body.length - at) + " bytes are left for a count of " + count);
      }
      for (; count > 0; count--) {
        if (map) {
          text(false, place);
        }
        walk(items, place);
      }
      if (end >= 0 && at != end) {
        fail(place, "a block does not end where its size says");
      }
    }
  }
}
