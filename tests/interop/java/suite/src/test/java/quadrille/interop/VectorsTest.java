package quadrille.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import quadrille.events.Events;
import quadrille.events.inventory.InventoryFailed;
import quadrille.events.shipping.OrderShipped;
import quadrille.serde.Codec;
import quadrille.serde.DecodeException;
import quadrille.serde.EncodeException;
import quadrille.serde.Registry;
import quadrille.serde.RegistryException;
import quadrille.serde.Serde;
import quadrille.serde.UnknownSchemaException;

/** Holds the Java package to the vectors. */
class VectorsTest {
  private static final UUID ID = UUID.fromString("019dd2a1-8f00-7abc-8def-0123456789ab");
  private static Vectors.Server server;
  private static Serde serde;

  @BeforeAll
  static void open() throws IOException {
    server = new Vectors.Server();
    serde = serdeOf(server.url());
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static Serde serdeOf(String url) {
    return new Serde(new Registry(url, Duration.ofSeconds(5)), Events.ALL);
  }

  @TestFactory
  Stream<DynamicTest> everyBodyIsReadAndWrittenAlike() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode file : Vectors.files()) {
      Schema schema = Events.ALL.get(file.get("event").asText()).schema();
      for (JsonNode vector : file.get("accept")) {
        tests.add(
            dynamicTest(
                file.get("event").asText() + ": " + vector.get("name").asText(),
                () -> {
                  byte[] framed = Vectors.bytes(vector.get("framed"));
                  SpecificRecordBase event = serde.decode(framed).orElseThrow();
                  assertEquals(vector.get("json"), JsonForm.of(event));
                  SpecificRecordBase made = JsonForm.event(schema, vector.get("json"));
                  assertEquals(made, event);
                  if (vector.get("canonical").asBoolean()) {
                    assertArrayEquals(framed, serde.encode(event));
                    assertArrayEquals(framed, serde.encode(made));
                    assertArrayEquals(Vectors.bytes(vector.get("body")), Codec.encode(made));
                  }
                }));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> everyWrongBodyIsRefused() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode file : Vectors.files()) {
      for (JsonNode vector : file.get("reject")) {
        String name = file.get("event").asText() + ": " + vector.get("kind") + ": " + vector.get("name");
        tests.add(
            dynamicTest(
                name,
                () -> {
                  try {
                    fail("read as " + serde.decode(Vectors.bytes(vector.get("framed"))));
                  } catch (DecodeException | UnknownSchemaException e) {
                    assertFalse(e.getMessage().isEmpty());
                  }
                }));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> otherVersionsAreReadAsThisOne() {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : Vectors.load("evolution.json").get("accept")) {
      tests.add(
          dynamicTest(
              vector.get("event").asText() + ": " + vector.get("name").asText(),
              () ->
                  assertEquals(
                      vector.get("json"),
                      JsonForm.of(serde.decode(Vectors.bytes(vector.get("framed"))).orElseThrow()))));
    }
    return tests.stream();
  }

  @Test
  void theRegistryIsAskedOnceForEachSchemaAndNeverToRegister() throws Exception {
    try (Vectors.Server counted = new Vectors.Server()) {
      Serde fresh = serdeOf(counted.url() + "/");
      List<JsonNode> files = Vectors.files();
      for (JsonNode file : files) {
        for (int turn = 0; turn < 3; turn++) {
          fresh.encode(fresh.decode(Vectors.bytes(file.get("accept").get(0).get("framed"))).orElseThrow());
        }
      }
      assertEquals(2 * files.size(), counted.asked.size());
      counted.asked.forEach(
          (what, times) -> {
            assertEquals(1, times, what);
            assertFalse(what.endsWith("/versions"), what);
          });
    }
  }

  @Test
  void aRegistryThatIsAwayIsAnErrorThatMayPass() throws IOException {
    Vectors.Server away = new Vectors.Server();
    away.close();
    byte[] framed = Vectors.bytes(Vectors.files().get(0).get("accept").get(0).get("framed"));
    assertThrows(RegistryException.class, () -> serdeOf(away.url()).decode(framed));
  }

  @Test
  void aTombstoneAndAnEventThatIsNotWantedAreToldApart() throws Exception {
    Serde few = new Serde(new Registry(server.url(), Duration.ofSeconds(5)), Map.of());
    assertThrows(DecodeException.class, () -> few.decode(null));
    byte[] framed = Vectors.bytes(Vectors.files().get(0).get("accept").get(0).get("framed"));
    assertTrue(few.decode(framed).isEmpty());
  }

  @Test
  void textThatUtf8CannotHoldAndAFieldThatIsMissingAreNotWritten() throws Exception {
    OrderShipped good = new OrderShipped(ID, Instant.EPOCH, ID, "c", "t");
    Codec.encode(good);
    good.setCarrier("\ud800");
    assertThrows(EncodeException.class, () -> Codec.encode(good));
    good.setCarrier(null);
    assertThrows(EncodeException.class, () -> Codec.encode(good));
  }

  @Test
  void idsAreDerivedAsTheServicesDoIt() {
    JsonNode ids = Vectors.load("ids.json").get("ids");
    assertFalse(ids.isEmpty());
    for (JsonNode each : ids) {
      UUID cause = UUID.fromString(each.get("cause").asText());
      UUID id = Serde.derivedId(each.get("source").asText(), cause, each.get("ordinal").asInt());
      assertEquals(each.get("id").asText(), id.toString());
    }
  }

  @Test
  void headersAreThoseOfCloudEvents() {
    Map<String, String> found = new LinkedHashMap<>();
    Serde.headers(Events.ORDER_SHIPPED, "shipping", ID, Instant.parse("2026-05-04T12:30:15.123Z"))
        .forEach((name, value) -> found.put(name, new String(value, StandardCharsets.UTF_8)));
    assertEquals(
        Map.of(
            "ce_specversion", "1.0",
            "ce_id", ID.toString(),
            "ce_type", "quadrille.events.shipping.OrderShipped",
            "ce_source", "/services/shipping",
            "ce_time", "2026-05-04T12:30:15.123Z",
            "ce_dataschema", "urn:quadrille:schema:sha256:" + Events.ORDER_SHIPPED.fingerprint(),
            "content-type", "application/avro"),
        found);
  }

  /** Measures; pytest compares what it finds with docs/languages.md. */
  @Test
  void whatTheBareLibraryLetsThrough() throws Exception {
    // Avro trusts our classes as soon as the codec is there.
    Codec.encode(new OrderShipped(ID, Instant.EPOCH, ID, "c", "t"));
    // It has something of everything: text, ids, times, enums, unions and arrays.
    Schema schema = InventoryFailed.getClassSchema();
    SpecificDatumReader<InventoryFailed> reader =
        new SpecificDatumReader<>(schema, schema, SpecificData.getForSchema(schema));
    Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
    for (JsonNode vector : Vectors.load(schema.getFullName() + ".json").get("reject")) {
      if (vector.get("body").isNull()) {
        continue;
      }
      Map<String, Integer> one =
          counts.computeIfAbsent(
              vector.get("kind").asText(), kind -> new LinkedHashMap<>(Map.of("read", 0, "died", 0, "of", 0)));
      one.merge("of", 1, Integer::sum);
      try {
        reader.read(null, DecoderFactory.get().binaryDecoder(Vectors.bytes(vector.get("body")), null));
        one.merge("read", 1, Integer::sum);
      } catch (IOException | RuntimeException e) {
        // Refused.
        assertTrue(one.get("of") > 0);
      } catch (OutOfMemoryError | StackOverflowError e) {
        one.merge("died", 1, Integer::sum);
      }
    }
    System.out.println("LENIENCY " + JsonForm.JSON.writeValueAsString(counts));
  }
}
