import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;

/**
 * Apache Avro's own word. Each line of standard input is writer, reader and optionally a body in hexadecimal, separated
 * by tabs; each line of output is a verdict, its types, and what the body is read as.
 */
public final class Judge {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = in.readLine()) != null;) {
      out.println(judge(line.split("\t", -1)).replace('\n', ' ').replace('\r', ' '));
    }
    out.flush();
  }

  private static String judge(String[] parts) {
    Schema writer;
    Schema reader;
    try {
      writer = new Schema.Parser().parse(parts[0]);
      reader = new Schema.Parser().parse(parts[1]);
    } catch (Exception e) {
      return "UNPARSABLE\t" + e.getMessage();
    }
    String verdict;
    try {
      SchemaCompatibility.SchemaCompatibilityResult result =
          SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
      verdict = result.getCompatibility() + "\t" + result.getIncompatibilities().stream()
          .map(i -> i.getType().toString()).distinct().sorted().collect(Collectors.joining(","));
    } catch (RuntimeException e) {
      verdict = "THROWS\t" + e.getClass().getSimpleName();
    }
    return parts.length < 3 ? verdict : verdict + "\t" + read(writer, reader, parts[2]);
  }

  private static String read(Schema writer, Schema reader, String hex) {
    byte[] body = new byte[hex.length() / 2];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    try {
      Object datum = new GenericDatumReader<>(writer, reader).read(null, DecoderFactory.get().binaryDecoder(body, null));
      return "READ " + datum;
    } catch (Exception e) {
      return "REFUSED " + e.getClass().getSimpleName();
    }
  }
}
