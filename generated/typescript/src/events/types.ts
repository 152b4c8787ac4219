// DO NOT EDIT. Made from schemas/ by `make generate`.
/** The types of quadrille.events.types. */

/** Why an order was, or is to be, cancelled. Symbols are added at the end only. */
export type CancelReason = "UNKNOWN" | "OUT_OF_STOCK" | "UNKNOWN_SKU" | "PRICE_CHANGED" | "INSUFFICIENT_CREDIT" | "UNKNOWN_ACCOUNT" | "CURRENCY_MISMATCH" | "UNSERVED_COUNTRY" | "CARRIER_REFUSED" | "CUSTOMER_REQUEST" | "DEADLINE_EXCEEDED" | "PROVIDER_DECLINED";

/** Why an order was, or is to be, cancelled. Symbols are added at the end only. */
export const CancelReason = {
  /** A reason that the reader's version does not have. */
  UNKNOWN: "UNKNOWN",
  /** Not enough of a SKU was free. */
  OUT_OF_STOCK: "OUT_OF_STOCK",
  /** Inventory does not know a SKU. */
  UNKNOWN_SKU: "UNKNOWN_SKU",
  /** A quoted price is not the list price. */
  PRICE_CHANGED: "PRICE_CHANGED",
  /** Balance and credit limit do not cover the total. */
  INSUFFICIENT_CREDIT: "INSUFFICIENT_CREDIT",
  /** The customer has no account. */
  UNKNOWN_ACCOUNT: "UNKNOWN_ACCOUNT",
  /** The account is kept in another currency. */
  CURRENCY_MISMATCH: "CURRENCY_MISMATCH",
  /** No carrier serves the country. */
  UNSERVED_COUNTRY: "UNSERVED_COUNTRY",
  /** The carrier refused the parcel. */
  CARRIER_REFUSED: "CARRIER_REFUSED",
  /** The customer asked for it. */
  CUSTOMER_REQUEST: "CUSTOMER_REQUEST",
  /** The order had not ended by its deadline. */
  DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
  /** The payment provider declined for reasons of its own. */
  PROVIDER_DECLINED: "PROVIDER_DECLINED",
} as const;

/** An amount of money. Never a float. */
export interface Money {
  /** ISO 4217 code, three capital letters. */
  currency_code: string;
  /** The amount in the currency's minor unit: 1234 is 12.34 USD, and 1234 JPY. */
  minor_units: bigint;
}

/** One line of an order. The same SKU may stand on several lines. */
export interface OrderLine {
  /** Stock keeping unit, as inventory knows it. */
  sku: string;
  /** How many are ordered. At least 1. */
  quantity: bigint;
  /** Price of one, as the customer was quoted it. */
  unit_price: Money;
}

/** What was ordered, by whom and where to. It travels with the order, so that no service asks another for it. */
export interface OrderDetails {
  /** The customer, as the caller's customer system names them. No personal data. */
  customer_id: string;
  /** The lines, in the order of the request. At least one. */
  lines: OrderLine[];
  /** Sum of quantity times unit price over all lines. */
  total: Money;
  /** Where to ship to: a reference into the caller's address book. No personal data. */
  address_reference: string;
  /** Country to ship to: ISO 3166-1 alpha-2, two capital letters. */
  country_code: string;
}
