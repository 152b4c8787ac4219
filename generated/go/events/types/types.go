// Code generated from schemas/ by `make generate`. DO NOT EDIT.

// Package types holds the types of quadrille.events.types.
package types

// CancelReason: Why an order was, or is to be, cancelled. Symbols are added at the end only.
type CancelReason string

const (
	// A reason that the reader's version does not have.
	CancelReasonUnknown CancelReason = "UNKNOWN"
	// Not enough of a SKU was free.
	CancelReasonOutOfStock CancelReason = "OUT_OF_STOCK"
	// Inventory does not know a SKU.
	CancelReasonUnknownSKU CancelReason = "UNKNOWN_SKU"
	// A quoted price is not the list price.
	CancelReasonPriceChanged CancelReason = "PRICE_CHANGED"
	// Balance and credit limit do not cover the total.
	CancelReasonInsufficientCredit CancelReason = "INSUFFICIENT_CREDIT"
	// The customer has no account.
	CancelReasonUnknownAccount CancelReason = "UNKNOWN_ACCOUNT"
	// The account is kept in another currency.
	CancelReasonCurrencyMismatch CancelReason = "CURRENCY_MISMATCH"
	// No carrier serves the country.
	CancelReasonUnservedCountry CancelReason = "UNSERVED_COUNTRY"
	// The carrier refused the parcel.
	CancelReasonCarrierRefused CancelReason = "CARRIER_REFUSED"
	// The customer asked for it.
	CancelReasonCustomerRequest CancelReason = "CUSTOMER_REQUEST"
	// The order had not ended by its deadline.
	CancelReasonDeadlineExceeded CancelReason = "DEADLINE_EXCEEDED"
	// The payment provider declined for reasons of its own.
	CancelReasonProviderDeclined CancelReason = "PROVIDER_DECLINED"
)

// Money: An amount of money. Never a float.
type Money struct {
	// ISO 4217 code, three capital letters.
	CurrencyCode string `avro:"currency_code"`
	// The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY.
	MinorUnits int64 `avro:"minor_units"`
}

// OrderLine: One line of an order. The same SKU may stand on several lines.
type OrderLine struct {
	// Stock keeping unit, as inventory knows it.
	SKU string `avro:"sku"`
	// How many are ordered. At least 1.
	Quantity int64 `avro:"quantity"`
	// Price of one, as the customer was quoted it.
	UnitPrice Money `avro:"unit_price"`
}

// OrderDetails: What was ordered, by whom and where to. It travels with the order, so that no service asks
// another for it.
type OrderDetails struct {
	// The customer, as the caller's customer system names them. No personal data.
	CustomerID string `avro:"customer_id"`
	// The lines, in the order of the request. At least one.
	Lines []OrderLine `avro:"lines"`
	// Sum of quantity times unit price over all lines.
	Total Money `avro:"total"`
	// Where to ship to: a reference into the caller's address book. No personal data.
	AddressReference string `avro:"address_reference"`
	// Country to ship to: ISO 3166-1 alpha-2, two capital letters.
	CountryCode string `avro:"country_code"`
}
