# DO NOT EDIT. Made from schemas/ by `make generate`.
"""Every recorded version of every event's schema, so that old bodies can be read without a registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from quadrille.avro import RecordSchema

__all__ = ["RECORDED", "recorded"]

_SCHEMAS = (
    RecordSchema(
        "quadrille.events.inventory.InventoryFailed",
        '{"type":"record","name":"InventoryFailed","namespace":"quadrille.events.inventory","doc":"Nothing is hel'
        'd for the order: at least one line could not be.","fields":[{"name":"order_id","type":{"type":"string","'
        'logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"lo'
        'ng","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."'
        '},{"name":"reason","type":{"type":"enum","name":"InventoryFailureReason","namespace":"quadrille.events.i'
        'nventory","doc":"Why inventory cannot hold a line. UNKNOWN stands for symbols that the reader\'s version '
        'does not have.","symbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED"],"default":"UNKNOWN","'
        'symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"Not enough wa'
        's free.","UNKNOWN_SKU":"There is no item with this SKU.","PRICE_CHANGED":"The quoted price is not the li'
        'st price."}},"doc":"The reason of the first failed line."},{"name":"lines","type":{"type":"array","items'
        '":{"type":"record","name":"LineFailure","namespace":"quadrille.events.inventory","doc":"One SKU that can'
        'not be held, and why.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit asked for."'
        '},{"name":"reason","type":"quadrille.events.inventory.InventoryFailureReason","doc":"Why it cannot be he'
        'ld."},{"name":"requested","type":"long","doc":"How many the order asks for, summed over its lines of thi'
        's SKU."},{"name":"available","type":["null","long"],"doc":"How many could be held at that moment; null i'
        'f the SKU is unknown.","default":null},{"name":"quoted_price","type":["null",{"type":"record","name":"Mo'
        'ney","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"name":"'
        'currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","typ'
        'e":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]}],"doc":"T'
        'he unit price that the request quoted, if it is not the list price; else null.","default":null},{"name":'
        '"list_price","type":["null","quadrille.events.types.Money"],"doc":"The list price at that moment, if the'
        ' request quoted another; else null.","default":null}]}},"doc":"Every SKU that could not be held. At leas'
        't one."}]}',
        "27698823437646e8e0738478accc7649847ebde2aee85cdc2c18c2a55149a853",
    ),
    RecordSchema(
        "quadrille.events.inventory.InventoryReleased",
        '{"type":"record","name":"InventoryReleased","namespace":"quadrille.events.inventory","doc":"Nothing is h'
        'eld for the order any more, nor ever will be. Always sent in answer to InventoryRollback.","fields":[{"n'
        'ame":"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."}'
        ',{"name":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of '
        'this event decided it, by its own clock."},{"name":"lines","type":{"type":"array","items":{"type":"recor'
        'd","name":"ReleasedLine","namespace":"quadrille.events.inventory","doc":"Stock of one SKU that was given'
        ' back.","fields":[{"name":"sku","type":"string","doc":"The stock keeping unit."},{"name":"quantity","typ'
        'e":"long","doc":"How many were given back."}]}},"doc":"What was given back. Empty if nothing was held."}'
        ']}',
        "05987c8de559243cdcbf5901a38ad33dd1afbf027874bec8351b53036b512d87",
    ),
    RecordSchema(
        "quadrille.events.inventory.InventoryReserved",
        '{"type":"record","name":"InventoryReserved","namespace":"quadrille.events.inventory","doc":"Every line o'
        'f the order is held.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"'
        'The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"timestamp'
        '-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"order","type":{"t'
        'ype":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was ordered, by who'
        'm and where to. It travels with the order, so that no service asks another for it.","fields":[{"name":"c'
        'ustomer_id","type":"string","doc":"The customer, as the caller\'s customer system names them. No personal'
        ' data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","namespace":'
        '"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several lines.","fields"'
        ':[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name":"quantity","'
        'type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type":"record","na'
        'me":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"'
        'name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_unit'
        's","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"d'
        'oc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of the request. At'
        ' least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity times unit pr'
        'ice over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to: a reference i'
        'nto the caller\'s address book. No personal data."},{"name":"country_code","type":"string","doc":"Country'
        ' to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."}]}',
        "b2a8a2d192e83a6d66699c50a34516f2be4d09e617d49181957bbb7f26c5da0b",
    ),
    RecordSchema(
        "quadrille.events.order.InventoryRollback",
        '{"type":"record","name":"InventoryRollback","namespace":"quadrille.events.order","doc":"Give back whatev'
        'er is held for the order, and never hold anything for it again.","fields":[{"name":"order_id","type":{"t'
        'ype":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","ty'
        'pe":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by '
        'its own clock."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.eve'
        'nts.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols'
        '":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRE'
        'NCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED"],"default":"UN'
        'KNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"Not e'
        'nough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHANGED":"A quoted price'
        ' is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cover the total.","UNKNO'
        'WN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept in another currency.'
        '","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier refused the parcel.'
        '","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had not ended by its de'
        'adline."}},"doc":"Why the order was cancelled."}]}',
        "b848e3f8edb5a0011a27ba537ec442e490ef0ee8b83cb8a6c81ecec4ba909777",
    ),
    RecordSchema(
        "quadrille.events.order.InventoryRollback",
        '{"type":"record","name":"InventoryRollback","namespace":"quadrille.events.order","doc":"Give back whatev'
        'er is held for the order, and never hold anything for it again.","fields":[{"name":"order_id","type":{"t'
        'ype":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","ty'
        'pe":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by '
        'its own clock."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.eve'
        'nts.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols'
        '":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRE'
        'NCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER_DECL'
        'INED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","'
        'OUT_OF_STOCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHAN'
        'GED":"A quoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cove'
        'r the total.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept '
        'in another currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier'
        ' refused the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had'
        ' not ended by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its own."'
        '}},"doc":"Why the order was cancelled."}]}',
        "988cce3ed4fb89584a616ff621625cb47bfdc995962aab6294e0f0c15702c3fa",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCancelRequested",
        '{"type":"record","name":"OrderCancelRequested","namespace":"quadrille.events.order","doc":"Someone asks '
        'to cancel the order. Shipping decides whether it is still possible.","fields":[{"name":"order_id","type"'
        ':{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at"'
        ',"type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it,'
        ' by its own clock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer'
        ' system names them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrill'
        'e.events.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","sy'
        'mbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","'
        'CURRENCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED"],"default'
        '":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"'
        'Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHANGED":"A quoted '
        'price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cover the total.","'
        'UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept in another curr'
        'ency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier refused the pa'
        'rcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had not ended by i'
        'ts deadline."}},"doc":"Why the order is to be cancelled."}]}',
        "6a083f35afc99faaa86fb56d35aa250ba696df179c8c4a28dcf69723d42fc550",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCancelRequested",
        '{"type":"record","name":"OrderCancelRequested","namespace":"quadrille.events.order","doc":"Someone asks '
        'to cancel the order. Shipping decides whether it is still possible.","fields":[{"name":"order_id","type"'
        ':{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at"'
        ',"type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it,'
        ' by its own clock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer'
        ' system names them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrill'
        'e.events.types","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","sy'
        'mbols":["UNKNOWN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","'
        'CURRENCY_MISMATCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER'
        '_DECLINED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not hav'
        'e.","OUT_OF_STOCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE'
        '_CHANGED":"A quoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not'
        ' cover the total.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is '
        'kept in another currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The ca'
        'rrier refused the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The orde'
        'r had not ended by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its '
        'own."}},"doc":"Why the order is to be cancelled."}]}',
        "cae612a57cc9f725536ee726910816b4462b17b9c6a82cd0f3736522f07744ee",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCancelled",
        '{"type":"record","name":"OrderCancelled","namespace":"quadrille.events.order","doc":"The order ended wit'
        'hout effect: whatever was charged is refunded. Final.","fields":[{"name":"order_id","type":{"type":"stri'
        'ng","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type'
        '":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own cl'
        'ock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names '
        'them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.events.types'
        '","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols":["UNKNO'
        'WN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMA'
        'TCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED"],"default":"UNKNOWN","s'
        'ymbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_STOCK":"Not enough of '
        'a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHANGED":"A quoted price is not t'
        'he list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cover the total.","UNKNOWN_ACCOUN'
        'T":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept in another currency.","UNSERV'
        'ED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier refused the parcel.","CUSTOM'
        'ER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had not ended by its deadline."}'
        '},"doc":"Why it was cancelled."},{"name":"total","type":{"type":"record","name":"Money","namespace":"qua'
        'drille.events.types","doc":"An amount of money. Never a float.","fields":[{"name":"currency_code","type"'
        ':"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","type":"long","doc":"The '
        'amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What the order would ha'
        've cost. A refund answers in its currency, even if nothing was charged."}]}',
        "0536158c60486d0e913694fd41ab6c9d6640af7171c80615d629b3f233450980",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCancelled",
        '{"type":"record","name":"OrderCancelled","namespace":"quadrille.events.order","doc":"The order ended wit'
        'hout effect: whatever was charged is refunded. Final.","fields":[{"name":"order_id","type":{"type":"stri'
        'ng","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type'
        '":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own cl'
        'ock."},{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names '
        'them."},{"name":"reason","type":{"type":"enum","name":"CancelReason","namespace":"quadrille.events.types'
        '","doc":"Why an order was, or is to be, cancelled. Symbols are added at the end only.","symbols":["UNKNO'
        'WN","OUT_OF_STOCK","UNKNOWN_SKU","PRICE_CHANGED","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMA'
        'TCH","UNSERVED_COUNTRY","CARRIER_REFUSED","CUSTOMER_REQUEST","DEADLINE_EXCEEDED","PROVIDER_DECLINED"],"d'
        'efault":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","OUT_OF_ST'
        'OCK":"Not enough of a SKU was free.","UNKNOWN_SKU":"Inventory does not know a SKU.","PRICE_CHANGED":"A q'
        'uoted price is not the list price.","INSUFFICIENT_CREDIT":"Balance and credit limit do not cover the tot'
        'al.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The account is kept in anothe'
        'r currency.","UNSERVED_COUNTRY":"No carrier serves the country.","CARRIER_REFUSED":"The carrier refused '
        'the parcel.","CUSTOMER_REQUEST":"The customer asked for it.","DEADLINE_EXCEEDED":"The order had not ende'
        'd by its deadline.","PROVIDER_DECLINED":"The payment provider declined for reasons of its own."}},"doc":'
        '"Why it was cancelled."},{"name":"total","type":{"type":"record","name":"Money","namespace":"quadrille.e'
        'vents.types","doc":"An amount of money. Never a float.","fields":[{"name":"currency_code","type":"string'
        '","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","type":"long","doc":"The amount i'
        'n the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What the order would have cost.'
        ' A refund answers in its currency, even if nothing was charged."}]}',
        "c0e25c1457e2db46a97a1507af3d37d42ae787c2edf7a91c35bd4eb6ed51391d",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCompleted",
        '{"type":"record","name":"OrderCompleted","namespace":"quadrille.events.order","doc":"The order ended wel'
        'l: held stock, one charge, one shipment. Final.","fields":[{"name":"order_id","type":{"type":"string","l'
        'ogicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"lon'
        'g","logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."}'
        ',{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names them."'
        '},{"name":"total","type":{"type":"record","name":"Money","namespace":"quadrille.events.types","doc":"An '
        'amount of money. Never a float.","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code,'
        ' three capital letters."},{"name":"minor_units","type":"long","doc":"The amount in the currency\'s minor '
        'unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What the customer was charged."}]}',
        "990db1e20e64f257bc97ed4b39f85be67705bbfc3e11d6738083106cb197572b",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCreated",
        '{"type":"record","name":"OrderCreated","namespace":"quadrille.events.order","doc":"An order was placed a'
        'nd is durable. It starts the saga.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"'
        'uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalTy'
        'pe":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"ord'
        'er","type":{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was o'
        'rdered, by whom and where to. It travels with the order, so that no service asks another for it.","field'
        's":[{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names the'
        'm. No personal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine'
        '","namespace":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several li'
        'nes.","fields":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name'
        '":"quantity","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type'
        '":"record","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.'
        '","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"nam'
        'e":"minor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 12'
        '34 JPY."}]},"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of t'
        'he request. At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity'
        ' times unit price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to:'
        ' a reference into the caller\'s address book. No personal data."},{"name":"country_code","type":"string",'
        '"doc":"Country to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."},{"nam'
        'e":"deadline_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the order is cancel'
        'led if it has not ended by then."}]}',
        "bb78f9d757d8f06ea6fed4bb398a43b1599c3339c6b099919fe09d6771e97407",
    ),
    RecordSchema(
        "quadrille.events.order.OrderCreated",
        '{"type":"record","name":"OrderCreated","namespace":"quadrille.events.order","doc":"An order was placed a'
        'nd is durable. It starts the saga.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"'
        'uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalTy'
        'pe":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"ord'
        'er","type":{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was o'
        'rdered, by whom and where to. It travels with the order, so that no service asks another for it.","field'
        's":[{"name":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names the'
        'm. No personal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine'
        '","namespace":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several li'
        'nes.","fields":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name'
        '":"quantity","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type'
        '":"record","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.'
        '","fields":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"nam'
        'e":"minor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 12'
        '34 JPY."}]},"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of t'
        'he request. At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity'
        ' times unit price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to:'
        ' a reference into the caller\'s address book. No personal data."},{"name":"country_code","type":"string",'
        '"doc":"Country to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."},{"nam'
        'e":"deadline_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the order is cancel'
        'led if it has not ended by then."},{"name":"request_id","type":["null",{"type":"string","logicalType":"u'
        'uid"}],"doc":"The request that placed the order: a caller that repeats it is given this order. Null if i'
        't was placed by a version that did not say.","default":null}]}',
        "55df1b67c54ea3c93437d416655dfe511a2328fba11fc301883579c8e8851dbb",
    ),
    RecordSchema(
        "quadrille.events.payment.PaymentCompleted",
        '{"type":"record","name":"PaymentCompleted","namespace":"quadrille.events.payment","doc":"The customer wa'
        's charged for the order.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},"do'
        'c":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"times'
        'tamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"order","type"'
        ':{"type":"record","name":"OrderDetails","namespace":"quadrille.events.types","doc":"What was ordered, by'
        ' whom and where to. It travels with the order, so that no service asks another for it.","fields":[{"name'
        '":"customer_id","type":"string","doc":"The customer, as the caller\'s customer system names them. No pers'
        'onal data."},{"name":"lines","type":{"type":"array","items":{"type":"record","name":"OrderLine","namespa'
        'ce":"quadrille.events.types","doc":"One line of an order. The same SKU may stand on several lines.","fie'
        'lds":[{"name":"sku","type":"string","doc":"Stock keeping unit, as inventory knows it."},{"name":"quantit'
        'y","type":"long","doc":"How many are ordered. At least 1."},{"name":"unit_price","type":{"type":"record"'
        ',"name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields"'
        ':[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_'
        'units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]'
        '},"doc":"Price of one, as the customer was quoted it."}]}},"doc":"The lines, in the order of the request'
        '. At least one."},{"name":"total","type":"quadrille.events.types.Money","doc":"Sum of quantity times uni'
        't price over all lines."},{"name":"address_reference","type":"string","doc":"Where to ship to: a referen'
        'ce into the caller\'s address book. No personal data."},{"name":"country_code","type":"string","doc":"Cou'
        'ntry to ship to: ISO 3166-1 alpha-2, two capital letters."}]},"doc":"What was ordered."},{"name":"charge'
        '_id","type":{"type":"string","logicalType":"uuid"},"doc":"The charge."},{"name":"amount","type":"quadril'
        'le.events.types.Money","doc":"What was charged."}]}',
        "ae48505290eec94efbfb79544af6db2f9f4a81d87df2787ed7f32d22d55131bc",
    ),
    RecordSchema(
        "quadrille.events.payment.PaymentFailed",
        '{"type":"record","name":"PaymentFailed","namespace":"quadrille.events.payment","doc":"The charge was dec'
        'lined. Nothing was charged.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},'
        '"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"ti'
        'mestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"reason","t'
        'ype":{"type":"enum","name":"PaymentFailureReason","namespace":"quadrille.events.payment","doc":"Why a ch'
        'arge was declined. UNKNOWN stands for symbols that the reader\'s version does not have.","symbols":["UNKN'
        'OWN","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMATCH"],"default":"UNKNOWN","symbolDocs":{"UNK'
        'NOWN":"A reason that the reader\'s version does not have.","INSUFFICIENT_CREDIT":"Balance and credit limi'
        't do not cover the amount.","UNKNOWN_ACCOUNT":"The customer has no account.","CURRENCY_MISMATCH":"The ac'
        'count is kept in another currency."}},"doc":"Why it was declined."},{"name":"amount","type":{"type":"rec'
        'ord","name":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fie'
        'lds":[{"name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"mi'
        'nor_units","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY'
        '."}]},"doc":"What was to be charged."},{"name":"available","type":["null","quadrille.events.types.Money"'
        '],"doc":"What the customer could have spent; null if there is no account.","default":null}]}',
        "54ca462d59fbfdcdde4952b68dd8ae98e949af51bd24c34870bfd4254f97b3dd",
    ),
    RecordSchema(
        "quadrille.events.payment.PaymentFailed",
        '{"type":"record","name":"PaymentFailed","namespace":"quadrille.events.payment","doc":"The charge was dec'
        'lined. Nothing was charged.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid"},'
        '"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":"ti'
        'mestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"reason","t'
        'ype":{"type":"enum","name":"PaymentFailureReason","namespace":"quadrille.events.payment","doc":"Why a ch'
        'arge was declined. UNKNOWN stands for symbols that the reader\'s version does not have.","symbols":["UNKN'
        'OWN","INSUFFICIENT_CREDIT","UNKNOWN_ACCOUNT","CURRENCY_MISMATCH","PROVIDER_DECLINED"],"default":"UNKNOWN'
        '","symbolDocs":{"UNKNOWN":"A reason that the reader\'s version does not have.","INSUFFICIENT_CREDIT":"Bal'
        'ance and credit limit do not cover the amount.","UNKNOWN_ACCOUNT":"The customer has no account.","CURREN'
        'CY_MISMATCH":"The account is kept in another currency.","PROVIDER_DECLINED":"The payment provider declin'
        'ed for reasons of its own."}},"doc":"Why it was declined."},{"name":"amount","type":{"type":"record","na'
        'me":"Money","namespace":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"'
        'name":"currency_code","type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_unit'
        's","type":"long","doc":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"d'
        'oc":"What was to be charged."},{"name":"available","type":["null","quadrille.events.types.Money"],"doc":'
        '"What the customer could have spent; null if there is no account.","default":null}]}',
        "ce548744919a581bb2e371ec9973e09d4e009d52c948bd5d0cd52ae0448f91e8",
    ),
    RecordSchema(
        "quadrille.events.payment.PaymentRefunded",
        '{"type":"record","name":"PaymentRefunded","namespace":"quadrille.events.payment","doc":"Nothing is charg'
        'ed for the order any more, nor ever will be. Always sent in answer to OrderCancelled.","fields":[{"name"'
        ':"order_id","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"n'
        'ame":"occurred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this'
        ' event decided it, by its own clock."},{"name":"amount","type":{"type":"record","name":"Money","namespac'
        'e":"quadrille.events.types","doc":"An amount of money. Never a float.","fields":[{"name":"currency_code"'
        ',"type":"string","doc":"ISO 4217 code, three capital letters."},{"name":"minor_units","type":"long","doc'
        '":"The amount in the currency\'s minor unit: 1234 is 12.34 USD, and 1234 JPY."}]},"doc":"What was refunde'
        'd. Zero if nothing had been charged."},{"name":"charge_id","type":["null",{"type":"string","logicalType"'
        ':"uuid"}],"doc":"The charge that was refunded; null if there was none.","default":null}]}',
        "2fe744ce7efdbee9bd6c04d9faadc3a2137740f2bd55880cf4e2873b6b09592a",
    ),
    RecordSchema(
        "quadrille.events.shipping.OrderShipped",
        '{"type":"record","name":"OrderShipped","namespace":"quadrille.events.shipping","doc":"The parcel is on i'
        'ts way. From here on the order is not undone.","fields":[{"name":"order_id","type":{"type":"string","log'
        'icalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long"'
        ',"logicalType":"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{'
        '"name":"shipment_id","type":{"type":"string","logicalType":"uuid"},"doc":"The shipment."},{"name":"carri'
        'er","type":"string","doc":"Who carries it."},{"name":"tracking_id","type":"string","doc":"The carrier\'s '
        'tracking id."}]}',
        "24ae4e28aae54b9ef5766503aeacb374e4c70de8140521ba6f16955983515441",
    ),
    RecordSchema(
        "quadrille.events.shipping.ShipmentCancelled",
        '{"type":"record","name":"ShipmentCancelled","namespace":"quadrille.events.shipping","doc":"Nothing was s'
        'hipped for the order, nor ever will be. The answer to OrderCancelRequested.","fields":[{"name":"order_id'
        '","type":{"type":"string","logicalType":"uuid"},"doc":"The order. Also the record\'s key."},{"name":"occu'
        'rred_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner of this event dec'
        'ided it, by its own clock."}]}',
        "73e4e03a994cb68ac28d59709c1dc38a65c8e321905218308784dfa0eff65d41",
    ),
    RecordSchema(
        "quadrille.events.shipping.ShippingFailed",
        '{"type":"record","name":"ShippingFailed","namespace":"quadrille.events.shipping","doc":"The order cannot'
        ' be shipped, nor ever will be.","fields":[{"name":"order_id","type":{"type":"string","logicalType":"uuid'
        '"},"doc":"The order. Also the record\'s key."},{"name":"occurred_at","type":{"type":"long","logicalType":'
        '"timestamp-millis"},"doc":"When the owner of this event decided it, by its own clock."},{"name":"reason"'
        ',"type":{"type":"enum","name":"ShippingFailureReason","namespace":"quadrille.events.shipping","doc":"Why'
        ' an order cannot be shipped. UNKNOWN stands for symbols that the reader\'s version does not have.","symbo'
        'ls":["UNKNOWN","UNSERVED_COUNTRY","CARRIER_REFUSED"],"default":"UNKNOWN","symbolDocs":{"UNKNOWN":"A reas'
        'on that the reader\'s version does not have.","UNSERVED_COUNTRY":"The carrier does not serve the country.'
        '","CARRIER_REFUSED":"The carrier refused the parcel."}},"doc":"Why it cannot be shipped."},{"name":"deta'
        'il","type":["null","string"],"doc":"What the carrier said, if it said anything. No personal data.","defa'
        'ult":null}]}',
        "ca27b9ac6c7e108cf7a81543c0ba755885c2911f48bf5dc1bbccf5a046aa273e",
    ),
)

# By fingerprint.
RECORDED: Mapping[str, RecordSchema] = MappingProxyType({schema.fingerprint: schema for schema in _SCHEMAS})


def recorded(fingerprint: str) -> RecordSchema | None:
    """Find a schema by its fingerprint.

    Args:
        fingerprint: As in `ce_dataschema`.

    Returns:
        The schema, or None if no released version and no current one has that fingerprint.
    """
    return RECORDED.get(fingerprint)
