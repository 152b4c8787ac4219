package quadrille.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The vectors, and a server of their schemas. */
final class Vectors {
  private static final File FOLDER = new File("../../../../generated/vectors");

  private Vectors() {}

  static JsonNode load(String name) {
    try {
      return JsonForm.JSON.readTree(new File(FOLDER, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> files() {
    List<JsonNode> files = new ArrayList<>();
    for (String name : Arrays.stream(FOLDER.list()).sorted().toList()) {
      if (name.startsWith("quadrille.")) {
        files.add(load(name));
      }
    }
    return files;
  }

  static byte[] bytes(JsonNode hex) {
    return HexFormat.of().parseHex(hex.asText());
  }

  /** Serves the vectors' schemas over HTTP, and counts what it is asked. */
  static final class Server implements AutoCloseable {
    final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final HttpServer server;

    Server() throws IOException {
      // Without it each answer waits 40 ms for the acknowledgement of its headers.
      System.setProperty("sun.net.httpserver.nodelay", "true");
      JsonNode schemas = load("schemas.json").get("schemas");
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            asked.merge(what, 1, Integer::sum);
            byte[] body = exchange.getRequestBody().readAllBytes();
            String wanted = body.length == 0 ? "" : JsonForm.JSON.readTree(body).get("schema").asText();
            JsonNode found = null;
            for (JsonNode each : schemas) {
              if (wanted.isEmpty()
                  ? what.equals("GET /schemas/ids/" + each.get("id"))
                  : what.equals("POST /subjects/" + each.get("subject").asText())
                      && wanted.equals(each.get("text").asText())) {
                found = each;
              }
            }
            Map<String, Object> answer =
                found == null
                    ? Map.of("error_code", 40403)
                    : Map.of("id", found.get("id"), "schema", found.get("text"));
            byte[] text = JsonForm.JSON.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(found == null ? 404 : 200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
