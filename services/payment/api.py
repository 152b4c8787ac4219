"""Payment's gRPC methods: check, call, reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import grpc
from quadrille.errors.v1.error_reason_pb2 import ErrorReason
from quadrille.payment.v1 import payment_service_pb2 as pb
from quadrille.payment.v1 import payment_service_pb2_grpc as pb_grpc
from sqlalchemy import Connection, Engine, select, text, update

from services.chassis.rpc import paging
from services.chassis.rpc.errors import ApiError, not_found
from services.chassis.rpc.once import first_time
from services.chassis.rpc.server import Context, in_thread
from services.chassis.rpc.times import to_timestamp
from services.chassis.rpc.validation import MAX_INT64
from services.payment.tables import accounts, deposits, payments
from services.shop.validation import Violations

MOST_ACCOUNTS = 1000
DEFAULT_PAGE = 50
LONGEST_PAGE = 500

_OPEN = text(
    """
    WITH new AS (
        SELECT * FROM unnest(CAST(:customers AS text[]), CAST(:currencies AS text[]), CAST(:limits AS bigint[]))
            AS v(customer_id, currency_code, credit_limit) ORDER BY customer_id
    )
    INSERT INTO accounts (customer_id, currency_code, credit_limit) SELECT * FROM new
    ON CONFLICT (customer_id) DO UPDATE SET credit_limit = excluded.credit_limit
    WHERE accounts.credit_limit <> excluded.credit_limit
    RETURNING (xmax = 0) AS added
    """
)
_OTHER_CURRENCY = text(
    """
    SELECT a.customer_id, a.currency_code
    FROM accounts a
    JOIN unnest(CAST(:customers AS text[]), CAST(:currencies AS text[])) AS v(customer_id, currency_code)
      ON a.customer_id = v.customer_id AND a.currency_code <> v.currency_code
    LIMIT 1
    """
)


class PaymentServicer(pb_grpc.PaymentServiceServicer):
    """`quadrille.payment.v1.PaymentService`."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        """Prepare.

        Args:
            engine: The service's database.
            clock: Gives the time.
        """
        self._engine = engine
        self._clock = clock

    async def OpenAccounts(  # noqa: N802
        self,
        request: pb.OpenAccountsRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.OpenAccountsResponse:
        """Open accounts, or change their credit limit."""
        violations = Violations()
        violations.count("accounts", len(request.accounts), most=MOST_ACCOUNTS)
        first: dict[str, int] = {}
        for number, account in enumerate(request.accounts[:MOST_ACCOUNTS]):
            field = f"accounts[{number}]"
            violations.identifier(f"{field}.customer_id", account.customer_id)
            violations.money(f"{field}.credit_limit", account.credit_limit)
            if first.setdefault(account.customer_id, number) != number:
                other = first[account.customer_id]
                violations.add(f"{field}.customer_id", f"must stand once, and stands at accounts[{other}] too")
        violations.refuse_if_any()
        parameters = {
            "customers": [account.customer_id for account in request.accounts],
            "currencies": [account.credit_limit.currency_code for account in request.accounts],
            "limits": [account.credit_limit.minor_units for account in request.accounts],
        }

        def open_() -> pb.OpenAccountsResponse:
            with self._engine.begin() as connection:
                outcomes = connection.execute(_OPEN, parameters).scalars().all()
                other = connection.execute(_OTHER_CURRENCY, parameters).first()
                if other is not None:
                    raise _other_currency(other.customer_id, other.currency_code)
            return pb.OpenAccountsResponse(added=sum(outcomes), changed=len(outcomes) - sum(outcomes))

        response: pb.OpenAccountsResponse = await in_thread(open_)
        return response

    async def GetAccount(self, request: pb.GetAccountRequest, context: Context) -> pb.Account:  # noqa: ARG002, N802
        """Give one account."""
        violations = Violations()
        violations.identifier("customer_id", request.customer_id)
        violations.refuse_if_any()

        def get() -> pb.Account:
            with self._engine.connect() as connection:
                return _account(_find(connection, request.customer_id))

        account: pb.Account = await in_thread(get)
        return account

    async def ListAccounts(  # noqa: N802
        self,
        request: pb.ListAccountsRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.ListAccountsResponse:
        """Give a page of accounts, by customer."""
        violations = Violations()
        violations.page_size("page_size", request.page_size)
        after = paging.after(violations, "page_token", request.page_token) or ""
        violations.refuse_if_any()
        limit = paging.size(request.page_size, default=DEFAULT_PAGE, most=MOST_ACCOUNTS)
        query = select(accounts).where(accounts.c.customer_id > after).order_by(accounts.c.customer_id).limit(limit + 1)
        rows = await in_thread(lambda: self._all(query))
        more = paging.token(rows[limit - 1].customer_id) if len(rows) > limit else ""
        return pb.ListAccountsResponse(accounts=map(_account, rows[:limit]), next_page_token=more)

    async def Deposit(self, request: pb.DepositRequest, context: Context) -> pb.Account:  # noqa: ARG002, N802
        """Add to the balance of an account, once for each request id."""
        violations = Violations()
        request_id = violations.uuid("request_id", request.request_id)
        violations.identifier("customer_id", request.customer_id)
        violations.money("amount", request.amount, least=1)
        violations.refuse_if_any()

        def deposit() -> pb.Account:
            with self._engine.begin() as connection:
                account = _find(connection, request.customer_id, lock=True)
                if request_id is not None and first_time(
                    connection,
                    deposits,
                    request_id,
                    request,
                    customer_id=request.customer_id,
                    amount=request.amount.minor_units,
                    deposited_at=self._clock(),
                ):
                    self._add(connection, account, request)
                return _account(_find(connection, request.customer_id))

        account: pb.Account = await in_thread(deposit)
        return account

    async def ListCharges(  # noqa: N802
        self,
        request: pb.ListChargesRequest,
        context: Context,  # noqa: ARG002
    ) -> pb.ListChargesResponse:
        """Give a page of charges, newest first."""
        violations = Violations()
        if request.customer_id:
            violations.identifier("customer_id", request.customer_id)
        violations.page_size("page_size", request.page_size)
        last = paging.after(violations, "page_token", request.page_token, request.customer_id)
        before = violations.uuid("page_token", last) if last else None
        violations.refuse_if_any()
        limit = paging.size(request.page_size, default=DEFAULT_PAGE, most=LONGEST_PAGE)
        # Order ids grow with time.
        query = select(payments).order_by(payments.c.order_id.desc()).limit(limit + 1)
        if request.customer_id:
            query = query.where(payments.c.customer_id == request.customer_id)
        if before is not None:
            query = query.where(payments.c.order_id < before)
        rows = await in_thread(lambda: self._all(query))
        more = paging.token(str(rows[limit - 1].order_id), request.customer_id) if len(rows) > limit else ""
        return pb.ListChargesResponse(charges=map(_charge, rows[:limit]), next_page_token=more)

    def _all(self, query: Any) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    @staticmethod
    def _add(connection: Connection, account: Any, request: pb.DepositRequest) -> None:
        if account.currency_code != request.amount.currency_code:
            raise _other_currency(request.customer_id, account.currency_code)
        # Charges may be given back one day: what a balance can reach must stay an int64.
        if account.balance + account.credit_limit + request.amount.minor_units > MAX_INT64 // 2:
            violations = Violations()
            violations.add("amount.minor_units", f"must leave the balance at most {MAX_INT64 // 2}")
            violations.refuse_if_any()
        statement = update(accounts).where(accounts.c.customer_id == request.customer_id)
        connection.execute(statement.values(balance=accounts.c.balance + request.amount.minor_units))


def _find(connection: Connection, customer_id: str, *, lock: bool = False) -> Any:
    query = select(accounts).where(accounts.c.customer_id == customer_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise not_found(ErrorReason.ERROR_REASON_ACCOUNT_NOT_FOUND, "account of", "customer_id", customer_id)
    return row


def _other_currency(customer_id: str, currency_code: str) -> ApiError:
    return ApiError(
        grpc.StatusCode.FAILED_PRECONDITION,
        ErrorReason.ERROR_REASON_CURRENCY_MISMATCH,
        f"the account of {customer_id} is kept in {currency_code}",
        metadata={"customer_id": customer_id, "currency_code": currency_code},
    )


def _account(row: Any) -> pb.Account:
    account = pb.Account(customer_id=row.customer_id)
    account.balance.currency_code = account.credit_limit.currency_code = row.currency_code
    account.balance.minor_units = row.balance
    account.credit_limit.minor_units = row.credit_limit
    return account


def _charge(row: Any) -> pb.Charge:
    charge_id: UUID | None = row.charge_id
    charge = pb.Charge(
        order_id=str(row.order_id),
        charge_id=str(charge_id) if charge_id else "",
        customer_id=row.customer_id,
        state=pb.ChargeState.Value(f"CHARGE_STATE_{row.state}"),
        create_time=to_timestamp(row.created_at),
        update_time=to_timestamp(row.updated_at),
    )
    charge.charged.currency_code = charge.refunded.currency_code = row.currency_code
    charge.charged.minor_units = row.charged
    charge.refunded.minor_units = row.refunded
    return charge
