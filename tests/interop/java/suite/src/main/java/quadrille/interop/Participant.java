package quadrille.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import quadrille.events.Events;
import quadrille.events.order.OrderCompleted;
import quadrille.events.payment.PaymentCompleted;
import quadrille.events.shipping.OrderShipped;
import quadrille.order.v1.GetOrderRequest;
import quadrille.order.v1.OrderLine;
import quadrille.order.v1.OrderServiceGrpc;
import quadrille.order.v1.PlaceOrderRequest;
import quadrille.serde.Registry;
import quadrille.serde.Serde;
import quadrille.type.v1.Money;

/**
 * Plays shipping's part for one order: it places the order through the API, reads the order's events from Kafka, answers
 * PaymentCompleted with OrderShipped, and asks the API how the order ended. tests/interop starts it.
 */
public final class Participant {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Participant() {}

  public static void main(String[] arguments) throws Exception {
    JsonNode wanted = JsonForm.JSON.readTree(setting("REQUEST"));
    ManagedChannel channel =
        Grpc.newChannelBuilder(setting("ORDERS"), InsecureChannelCredentials.create()).build();
    try {
      OrderServiceGrpc.OrderServiceBlockingStub orders = OrderServiceGrpc.newBlockingStub(channel);
      PlaceOrderRequest request =
          PlaceOrderRequest.newBuilder()
              .setRequestId(wanted.get("request_id").asText())
              .setCustomerId(wanted.get("customer_id").asText())
              .addLines(
                  OrderLine.newBuilder()
                      .setSku(wanted.get("sku").asText())
                      .setQuantity(2)
                      .setUnitPrice(Money.newBuilder().setCurrencyCode("USD").setMinorUnits(100)))
              .setAddressReference("home")
              .setCountryCode("DE")
              .build();
      String id = orders.placeOrder(request).getOrder().getOrderId();
      tell(JsonForm.JSON.createObjectNode().put("placed", id));
      follow(id, wanted.get("tracking").asText());
      GetOrderRequest asked = GetOrderRequest.newBuilder().setOrderId(id).build();
      tell(JsonForm.JSON.createObjectNode().put("state", orders.getOrder(asked).getState().name()));
    } finally {
      channel.shutdownNow();
    }
  }

  /** Reads every event of the order, answers the payment, and returns once the order is completed. */
  private static void follow(String id, String tracking) throws Exception {
    Serde serde = new Serde(new Registry(setting("REGISTRY"), Duration.ofSeconds(5)), Events.ALL);
    Map<String, Object> reading =
        Map.of("bootstrap.servers", setting("KAFKA"), "auto.offset.reset", "earliest");
    // The producer's own partitioner is the one that every service uses.
    Map<String, Object> writing = Map.of("bootstrap.servers", setting("KAFKA"), "acks", "all");
    boolean completed = false;
    boolean shipped = false;
    Instant end = Instant.now().plus(PATIENCE);
    try (KafkaConsumer<String, byte[]> consumer =
            new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(writing, new StringSerializer(), new ByteArraySerializer())) {
      List<TopicPartition> partitions =
          Events.TOPICS.stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (Instant.now().isBefore(end)) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (!id.equals(record.key())) {
            continue;
          }
          SpecificRecordBase event = serde.decode(record.value()).orElseThrow();
          Header cause = record.headers().lastHeader("ce_id");
          String causeId = new String(cause.value(), StandardCharsets.UTF_8);
          ObjectNode told = JsonForm.JSON.createObjectNode();
          told.put("topic", record.topic()).put("partition", record.partition()).put("ce_id", causeId);
          tell(told.put("name", event.getSchema().getFullName()).set("json", JsonForm.of(event)));
          if (event instanceof PaymentCompleted paid) {
            ship(producer, serde, paid, UUID.fromString(causeId), tracking);
          }
          completed |= event instanceof OrderCompleted;
          shipped |= event instanceof OrderShipped;
          // Between two topics there is no order.
          if (completed && shipped) {
            return;
          }
        }
      }
    }
    throw new IllegalStateException("not done after " + PATIENCE);
  }

  private static void ship(
      KafkaProducer<String, byte[]> producer, Serde serde, PaymentCompleted paid, UUID cause, String tracking)
      throws Exception {
    Instant now = Instant.now();
    OrderShipped shipped = new OrderShipped(paid.getOrderId(), now, paid.getOrderId(), "java", tracking);
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            Events.ORDER_SHIPPED.topic(), Events.ORDER_SHIPPED.keyOf(shipped), serde.encode(shipped));
    Serde.headers(Events.ORDER_SHIPPED, "shipping", Serde.derivedId("shipping", cause, 0), now)
        .forEach(record.headers()::add);
    producer.send(record).get();
  }

  private static String setting(String name) {
    return System.getenv("PARTICIPANT_" + name);
  }

  private static void tell(JsonNode what) {
    System.out.println(what);
  }
}
