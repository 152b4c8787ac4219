// DO NOT EDIT. Made from codegen/runtime/java/src/main/java/quadrille/serde/Registry.java by `make generate`.
package quadrille.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Asks a Confluent-compatible schema registry which schema has which id, each once. It never registers. */
public final class Registry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";

  private final String url;
  private final HttpClient client;
  private final Duration timeout;
  private final Map<Long, Schema> byId = new ConcurrentHashMap<>();
  private final Map<String, Long> ids = new ConcurrentHashMap<>();

  /**
   * Prepares to ask; nothing is sent yet.
   *
   * @param url such as {@code http://127.0.0.1:8081/apis/ccompat/v7}.
   * @param timeout how long a request may take.
   */
  public Registry(String url, Duration timeout) {
    this.url = url.replaceAll("/+$", "");
    this.timeout = timeout;
    this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  /**
   * Gives the schema with an id.
   *
   * @throws UnknownSchemaException there is none.
   * @throws DecodeException it is no record.
   * @throws RegistryException the registry does not answer.
   */
  public Schema byId(long id) throws UnknownSchemaException, DecodeException, RegistryException {
    Schema known = byId.get(id);
    if (known != null) {
      return known;
    }
    JsonNode found = ask("/schemas/ids/" + id, null, "a schema with id " + id);
    Schema schema;
    try {
      schema = new Schema.Parser().parse(found.path("schema").asText());
    } catch (SchemaParseException e) {
      throw new DecodeException("the schema with id " + id + " is none", e);
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw new DecodeException("the schema with id " + id + " is no record", null);
    }
    Schema first = byId.putIfAbsent(id, schema);
    return first == null ? schema : first;
  }

  /**
   * Gives the id of an event's schema under its subject.
   *
   * @throws UnknownSchemaException the registry lacks it; run {@code quadrille apply}.
   * @throws RegistryException the registry does not answer.
   */
  public long idOf(EventType type) throws UnknownSchemaException, RegistryException {
    Long known = ids.get(type.fingerprint());
    if (known != null) {
      return known;
    }
    String body;
    try {
      body = JSON.writeValueAsString(Map.of("schema", type.text(), "schemaType", "AVRO"));
    } catch (JsonProcessingException e) {
      throw new RegistryException("the registry cannot be asked: " + e.getMessage(), e);
    }
    String subject = URLEncoder.encode(type.subject(), StandardCharsets.UTF_8).replace("+", "%20");
    JsonNode id = ask("/subjects/" + subject, body, "the schema of " + type.subject()).path("id");
    if (!id.isIntegralNumber()) {
      throw new RegistryException("the registry answers without an id", null);
    }
    ids.put(type.fingerprint(), id.asLong());
    return id.asLong();
  }

  private JsonNode ask(String path, String body, String what) throws UnknownSchemaException, RegistryException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(timeout)
            .header("Accept", TYPE)
            .header("Content-Type", TYPE);
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    try {
      HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 404) {
        throw new UnknownSchemaException(what);
      }
      if (answer.statusCode() != 200) {
        throw new RegistryException("the registry answers " + answer.statusCode(), null);
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new RegistryException("the registry at " + url + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryException("interrupted", e);
    }
  }
}
