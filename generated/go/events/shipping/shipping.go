// Code generated from schemas/ by `make generate`. DO NOT EDIT.

// Package shipping holds the types of quadrille.events.shipping.
package shipping

import (
	"time"

	"quadrille/serde"
)

// ShippingFailureReason: Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version
// does not have.
type ShippingFailureReason string

const (
	// A reason that the reader's version does not have.
	ShippingFailureReasonUnknown ShippingFailureReason = "UNKNOWN"
	// The carrier does not serve the country.
	ShippingFailureReasonUnservedCountry ShippingFailureReason = "UNSERVED_COUNTRY"
	// The carrier refused the parcel.
	ShippingFailureReasonCarrierRefused ShippingFailureReason = "CARRIER_REFUSED"
)

// OrderShipped: The parcel is on its way. From here on the order is not undone.
type OrderShipped struct {
	// The order. Also the record's key.
	OrderID string `avro:"order_id"`
	// When the owner of this event decided it, by its own clock.
	OccurredAt time.Time `avro:"occurred_at"`
	// The shipment.
	ShipmentID string `avro:"shipment_id"`
	// Who carries it.
	Carrier string `avro:"carrier"`
	// The carrier's tracking id.
	TrackingID string `avro:"tracking_id"`
}

// ShipmentCancelled: Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested.
type ShipmentCancelled struct {
	// The order. Also the record's key.
	OrderID string `avro:"order_id"`
	// When the owner of this event decided it, by its own clock.
	OccurredAt time.Time `avro:"occurred_at"`
}

// ShippingFailed: The order cannot be shipped, nor ever will be.
type ShippingFailed struct {
	// The order. Also the record's key.
	OrderID string `avro:"order_id"`
	// When the owner of this event decided it, by its own clock.
	OccurredAt time.Time `avro:"occurred_at"`
	// Why it cannot be shipped.
	Reason ShippingFailureReason `avro:"reason"`
	// What the carrier said, if it said anything. No personal data.
	Detail *string `avro:"detail"`
}

// AvroSchema returns the schema of OrderShipped, with its topic.
func (*OrderShipped) AvroSchema() *serde.Schema { return orderShippedSchema }

// Key returns the key of the event's record in Kafka.
func (e *OrderShipped) Key() string { return e.OrderID }

var orderShippedSchema = serde.NewSchema(
	"quadrille.events.shipping.OrderShipped",
	"shipping-events",
	"{\"type\":\"record\",\"name\":\"OrderShipped\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The parcel is on its way. From here on the order is not undone.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"shipment_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The shipment.\"},{\"name\":\"carrier\",\"type\":\"string\",\"doc\":\"Who carries it.\"},{\"name\":\"tracking_id\",\"type\":\"string\",\"doc\":\"The carrier's tracking id.\"}]}",
	"24ae4e28aae54b9ef5766503aeacb374e4c70de8140521ba6f16955983515441",
)

// AvroSchema returns the schema of ShipmentCancelled, with its topic.
func (*ShipmentCancelled) AvroSchema() *serde.Schema { return shipmentCancelledSchema }

// Key returns the key of the event's record in Kafka.
func (e *ShipmentCancelled) Key() string { return e.OrderID }

var shipmentCancelledSchema = serde.NewSchema(
	"quadrille.events.shipping.ShipmentCancelled",
	"shipping-events",
	"{\"type\":\"record\",\"name\":\"ShipmentCancelled\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Nothing was shipped for the order, nor ever will be. The answer to OrderCancelRequested.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"}]}",
	"73e4e03a994cb68ac28d59709c1dc38a65c8e321905218308784dfa0eff65d41",
)

// AvroSchema returns the schema of ShippingFailed, with its topic.
func (*ShippingFailed) AvroSchema() *serde.Schema { return shippingFailedSchema }

// Key returns the key of the event's record in Kafka.
func (e *ShippingFailed) Key() string { return e.OrderID }

var shippingFailedSchema = serde.NewSchema(
	"quadrille.events.shipping.ShippingFailed",
	"shipping-events",
	"{\"type\":\"record\",\"name\":\"ShippingFailed\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"The order cannot be shipped, nor ever will be.\",\"fields\":[{\"name\":\"order_id\",\"type\":{\"type\":\"string\",\"logicalType\":\"uuid\"},\"doc\":\"The order. Also the record's key.\"},{\"name\":\"occurred_at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"},\"doc\":\"When the owner of this event decided it, by its own clock.\"},{\"name\":\"reason\",\"type\":{\"type\":\"enum\",\"name\":\"ShippingFailureReason\",\"namespace\":\"quadrille.events.shipping\",\"doc\":\"Why an order cannot be shipped. UNKNOWN stands for symbols that the reader's version does not have.\",\"symbols\":[\"UNKNOWN\",\"UNSERVED_COUNTRY\",\"CARRIER_REFUSED\"],\"default\":\"UNKNOWN\",\"symbolDocs\":{\"UNKNOWN\":\"A reason that the reader's version does not have.\",\"UNSERVED_COUNTRY\":\"The carrier does not serve the country.\",\"CARRIER_REFUSED\":\"The carrier refused the parcel.\"}},\"doc\":\"Why it cannot be shipped.\"},{\"name\":\"detail\",\"type\":[\"null\",\"string\"],\"doc\":\"What the carrier said, if it said anything. No personal data.\",\"default\":null}]}",
	"ca27b9ac6c7e108cf7a81543c0ba755885c2911f48bf5dc1bbccf5a046aa273e",
)
