// Code generated from schemas/ by `make generate`. DO NOT EDIT.

// Package events knows every event of the platform.
package events

import (
	"quadrille/events/inventory"
	"quadrille/events/order"
	"quadrille/events/payment"
	"quadrille/events/shipping"
	"quadrille/serde"
)

// Topics are the topics that events are published to.
var Topics = []string{
	"order-events",
	"inventory-events",
	"payment-events",
	"shipping-events",
}

// New returns an empty event of an Avro full name; nil if there is no such event.
func New(fullName string) serde.Event {
	switch fullName {
	case "quadrille.events.order.OrderCreated":
		return new(order.OrderCreated)
	case "quadrille.events.order.OrderCompleted":
		return new(order.OrderCompleted)
	case "quadrille.events.order.OrderCancelled":
		return new(order.OrderCancelled)
	case "quadrille.events.order.InventoryRollback":
		return new(order.InventoryRollback)
	case "quadrille.events.order.OrderCancelRequested":
		return new(order.OrderCancelRequested)
	case "quadrille.events.inventory.InventoryReserved":
		return new(inventory.InventoryReserved)
	case "quadrille.events.inventory.InventoryFailed":
		return new(inventory.InventoryFailed)
	case "quadrille.events.inventory.InventoryReleased":
		return new(inventory.InventoryReleased)
	case "quadrille.events.payment.PaymentCompleted":
		return new(payment.PaymentCompleted)
	case "quadrille.events.payment.PaymentFailed":
		return new(payment.PaymentFailed)
	case "quadrille.events.payment.PaymentRefunded":
		return new(payment.PaymentRefunded)
	case "quadrille.events.shipping.OrderShipped":
		return new(shipping.OrderShipped)
	case "quadrille.events.shipping.ShippingFailed":
		return new(shipping.ShippingFailed)
	case "quadrille.events.shipping.ShipmentCancelled":
		return new(shipping.ShipmentCancelled)
	}
	return nil
}
