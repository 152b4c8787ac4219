// Command participant plays shipping's part for one order: it places the order through the API, reads the order's events
// from Kafka, answers PaymentCompleted with OrderShipped, and asks the API how the order ended. tests/interop starts it.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"quadrille/events"
	"quadrille/events/order"
	"quadrille/events/payment"
	"quadrille/events/shipping"
	"quadrille/interop/jsonform"
	orderv1 "quadrille/order/v1"
	"quadrille/serde"
	typev1 "quadrille/type/v1"
)

const patience = 60 * time.Second

type request struct {
	RequestID  string `json:"request_id"`
	CustomerID string `json:"customer_id"`
	SKU        string `json:"sku"`
	Tracking   string `json:"tracking"`
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var wanted request
	if err := json.Unmarshal([]byte(os.Getenv("PARTICIPANT_REQUEST")), &wanted); err != nil {
		return err
	}
	connection, err := grpc.NewClient(os.Getenv("PARTICIPANT_ORDERS"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	orders := orderv1.NewOrderServiceClient(connection)
	placed, err := orders.PlaceOrder(ctx, &orderv1.PlaceOrderRequest{
		RequestId:  wanted.RequestID,
		CustomerId: wanted.CustomerID,
		Lines: []*orderv1.OrderLine{
			{Sku: wanted.SKU, Quantity: 2, UnitPrice: &typev1.Money{CurrencyCode: "USD", MinorUnits: 100}},
		},
		AddressReference: "home",
		CountryCode:      "DE",
	})
	if err != nil {
		return err
	}
	id := placed.GetOrder().GetOrderId()
	tell(map[string]any{"placed": id})
	if err := follow(ctx, id, wanted.Tracking); err != nil {
		return err
	}
	ended, err := orders.GetOrder(ctx, &orderv1.GetOrderRequest{OrderId: id})
	if err != nil {
		return err
	}
	tell(map[string]any{"state": ended.GetState().String()})
	return nil
}

// follow reads every event of the order, answers the payment, and returns once the order is completed.
func follow(ctx context.Context, id, tracking string) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(os.Getenv("PARTICIPANT_KAFKA")),
		kgo.ConsumeTopics(events.Topics...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		// Java's partitioner, which is what every service uses, and the client's default.
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
		kgo.RequiredAcks(kgo.AllISRAcks()),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	seen := map[string]bool{}
	codec := serde.New(serde.NewRegistry(os.Getenv("PARTICIPANT_REGISTRY"), nil), events.New)
	for {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for _, record := range fetches.Records() {
			if string(record.Key) != id {
				continue
			}
			event, err := codec.Decode(ctx, record.Value)
			if err != nil {
				return fmt.Errorf("%s[%d]@%d: %w", record.Topic, record.Partition, record.Offset, err)
			}
			tell(map[string]any{
				"topic":     record.Topic,
				"partition": record.Partition,
				"ce_id":     header(record, "ce_id"),
				"name":      event.AvroSchema().FullName,
				"json":      jsonform.Of(event),
			})
			switch read := event.(type) {
			case *payment.PaymentCompleted:
				if err := ship(ctx, client, codec, read, header(record, "ce_id"), tracking); err != nil {
					return err
				}
			case *order.OrderCompleted, *shipping.OrderShipped:
				seen[event.AvroSchema().FullName] = true
			}
			// Between two topics there is no order.
			if len(seen) == 2 {
				return nil
			}
		}
	}
}

func ship(ctx context.Context, client *kgo.Client, codec *serde.Serde, paid *payment.PaymentCompleted, cause, tracking string) error {
	now := time.Now()
	shipped := &shipping.OrderShipped{
		OrderID:    paid.OrderID,
		OccurredAt: now,
		ShipmentID: paid.OrderID,
		Carrier:    "go",
		TrackingID: tracking,
	}
	value, err := codec.Encode(ctx, shipped)
	if err != nil {
		return err
	}
	because, err := hex.DecodeString(strings.ReplaceAll(cause, "-", ""))
	if err != nil {
		return err
	}
	record := &kgo.Record{Topic: shipped.AvroSchema().Topic, Key: []byte(shipped.Key()), Value: value}
	for _, each := range serde.Headers(shipped, "shipping", serde.DerivedID("shipping", [16]byte(because), 0), now) {
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: each.Key, Value: each.Value})
	}
	return client.ProduceSync(ctx, record).FirstErr()
}

func header(record *kgo.Record, key string) string {
	for _, each := range record.Headers {
		if each.Key == key {
			return string(each.Value)
		}
	}
	return ""
}

func tell(what map[string]any) {
	text, err := json.Marshal(what)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
