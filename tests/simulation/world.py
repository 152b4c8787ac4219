"""The platform in one thread: the services' real code on a simulated clock, bus and store.

Real: decisions, books, placing, the processor, positions, outbox, dead letters, wire format, and the loops of consumer,
publisher and sweeper. Modelled: PostgreSQL (`store.py`), Kafka and librdkafka's clients (`bus.py`), the registry, time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any
from unittest.mock import patch
from uuid import UUID

from greenlet import GreenletExit
from quadrille.events.topics import TOPICS, Topic, topics_read_by
from quadrille.events.types import Money, OrderDetails, OrderLine
from sqlalchemy.exc import SQLAlchemyError

from admin import archiving, databases
from services.chassis import backoff
from services.chassis.consume import consumer, linger, watermark
from services.chassis.decide.handlers import Handlers, Received
from services.chassis.errors import Retryable, WentBack
from services.chassis.process.unit_of_work import UnitOfWork
from services.chassis.publish import publisher, sweeper
from services.chassis.tables import archive
from services.chassis.wire.decoder import Decoder
from services.chassis.wire.record import Record
from services.inventory import decisions as inventory_decisions
from services.inventory import state as inventory_books
from services.order import decisions as order_decisions
from services.order import metrics as order_metrics
from services.order import place_order
from services.order import state as order_books
from services.order.cancel_order import CancelOrder
from services.order.requests import PlaceOrder
from services.payment import decisions as payment_decisions
from services.payment import state as payment_books
from services.shipping import decisions as shipping_decisions
from services.shipping import state as shipping_books
from services.shipping.carrier import LocalCarrier
from tests.simulation import archivist
from tests.simulation.admin import Admin
from tests.simulation.archivist import Archivist
from tests.simulation.bus import Bus, Client
from tests.simulation.outside import Outside
from tests.simulation.process import Process, Registry, Time
from tests.simulation.scenario import NO_DEADLINE, PRICE, SERVICES, Fault, Order, Scenario
from tests.simulation.scheduler import Scheduler, Stuck, Task
from tests.simulation.store import EPOCH, Connection, Database, Engine, Transaction

MAX_STEPS = 40_000
#: How long an operator takes to see that a service waits, and to do something about it.
FAILOVER_SECONDS = 3.0
GARBAGE = "quadrille-simulation-garbage"
#: A value, None for that of an event cut short; then headers.
HOSTILE: tuple[Any, ...] = (
    (b"no event",),
    (None, ("ce_dataschema", None), ("ce_type", None), ("ce_id", None)),
    (None, ("traceparent", b"\0" * 55), ("ce_time", None)),
    (None, ("ce_dataschema", b"\xff"), ("ce_id", b"\xff" * 36)),
)
TERMINAL = frozenset({"COMPLETED", "CANCELLED"})

TOPIC_OF: Mapping[str, Topic] = {topic.name: topic for topic in TOPICS}
_CARRIER = LocalCarrier(["AQ"])

#: What each service gives to the chassis. The wiring of `app.py`, without gRPC.
SERVICE_HANDLERS: Mapping[str, tuple[Callable[..., Any], Mapping[Any, Any], Mapping[Any, Any], Any]] = {
    "order": (order_books.load, order_decisions.ON, {}, None),
    "inventory": (inventory_books.load, inventory_decisions.ON, {}, None),
    "payment": (payment_books.load, payment_decisions.ON, payment_decisions.ANSWERS, payment_books.answer),
    "shipping": (
        *(partial(shipping_books.load, carrier=_CARRIER), shipping_decisions.ON),
        *(shipping_decisions.ANSWERS, shipping_books.answer),
    ),
}
#: How books are opened if who answers is outside.
OUTSIDE: Mapping[str, Callable[..., Any]] = {
    "payment": partial(payment_books.load, provider="outside"),
    "shipping": partial(shipping_books.load, carrier=None),
}


class Died(Exception):
    """A thread of a service ended by an error that the chassis does not expect."""


class World:
    """All services, and what happens to them."""

    def __init__(self, scenario: Scenario, *, tracing: bool = False) -> None:
        self.scenario = scenario
        self.scheduler = Scheduler(scenario.seed, tracing=tracing)
        self.bus = Bus(self.scheduler, [topic.name for topic in TOPICS], scenario.partitions)
        self.databases = {service: Database(service, self.scheduler) for service in SERVICES}
        self.processes = [
            Process(self, service, number)
            for service, count in zip(SERVICES, scenario.instances, strict=True)
            for number in range(count)
        ]
        self.clients: list[Task] = []
        self.placed: dict[int, set[UUID]] = {}
        self.violations: list[str] = []
        self.mended = not scenario.poison
        self.quiet = False
        self.rewound: set[str] = set()
        self._faults = list(scenario.faults)
        self._made = 0
        self.outside = None if scenario.unsure is None else Outside(self.scheduler, scenario.credit, scenario.unsure)
        self.archivist = Archivist(self)
        self._stock()
        for database in self.databases.values():
            database.on_commit = self._watch

    def run(self) -> None:
        """Run until the system is quiet, or for too long."""
        with self._patched():
            for process in self.processes:
                process.start()
            for number, order in enumerate(self.scenario.orders):
                for again in range(2 if order.twice else 1):
                    task = self.scheduler.start(
                        f"client#{number}{'b' * again}", "", partial(self._client, number, order)
                    )
                    self.clients.append(task)
            if self.scenario.archiving:
                self.clients.append(self.scheduler.start("archivist", "", self._archive))
            for again in self.scenario.again:
                rewind = Fault(0, "rewind", again.service, seconds=0.1)
                self.scheduler.later(again.at, partial(self._strike, rewind))
            while self.scheduler.steps < MAX_STEPS and not self.quiet:
                while self._faults and self._faults[0].step <= self.scheduler.steps:
                    self._strike(self._faults.pop(0))
                if not self.scheduler.step():
                    self.quiet = self._is_quiet() and not self._mend()
                self._look_for_deaths()
            for process in self.processes:
                self.scheduler.kill(process.name)
            self.scheduler.kill("")

    def handlers(self, service: str) -> Handlers[Any]:
        """Give a service's handlers; they note which records took effect."""
        load, on, answers, local = SERVICE_HANDLERS[service]
        if self.outside is not None and answers:
            load = OUTSIDE[service]

        def noting(connection: Any, records: Any, now: datetime) -> Any:
            books = load(connection, records, now)
            real_apply, real_save = books.apply, books.save
            decided: list[Any] = []

            def apply(record: Any, decision: Any) -> None:
                real_apply(record, decision)
                decided.append(record)

            def save(connection: Any) -> None:
                # A batch state that is thrown away, because a handler raised, have had no effect.
                connection.transaction.handled += [
                    ((r.topic.name, r.partition, r.offset), r.key) for r in decided if isinstance(r, Received)
                ]
                real_save(connection)

            books.apply, books.save = apply, save
            return books

        poisoned = {p.event: p.order for p in self.scenario.poison if p.service == service}
        wrapped = {event: self._poison(handler, poisoned.get(event.__name__)) for event, handler in on.items()}
        committed = order_metrics.count_ended if service == "order" else None
        return Handlers(service, noting, wrapped, answers=answers, local=local, committed=committed)

    def _poison(self, handler: Any, order: int | None) -> Any:
        if order is None:
            return handler

        @wraps(handler)
        def raising(row: Any, event: Any, books: Any) -> Any:
            if not self.mended and event.order_id in self.placed.get(order, ()):
                raise ValueError("the handler has a bug")
            return handler(row, event, books)

        return raising

    # What the world begins with, and what it watches.

    def _stock(self) -> None:
        for number, count in enumerate(self.scenario.stock):
            item = {"sku": f"sku-{number}", "currency_code": "USD", "list_price": PRICE}
            row = {**item, "on_hand": count, "held": 0, "shipped": 0}
            self.databases["inventory"].tables["items"][(row["sku"],)] = row
        for number, credit in enumerate(self.scenario.credit):
            name = f"customer-{number}"
            account = {"customer_id": name, "currency_code": "USD", "credit_limit": credit, "balance": 0}
            self.databases["payment"].tables["accounts"][(name,)] = account

    def _archive(self) -> None:
        for command in self.scenario.archiving:
            self.archivist.run(command)

    def _watch(self, transaction: Transaction) -> None:
        self.archivist.watch(transaction)
        self._watch_letters(transaction)
        self._watch_deadlines(transaction)
        for (table, _), row in transaction.writes.items():
            if table in {"payments", "shipments"} and row is not None and row["state"].endswith("ING"):
                self.scheduler.reached[f"{table} {row['state']}"] += 1
            if table == "orders" and row is not None:
                known = self._states.setdefault(row["order_id"], row["state"])
                if known in TERMINAL and row["state"] != known:
                    self.violations.append(f"order {row['order_id']} was {known} and became {row['state']}")
                self._states[row["order_id"]] = row["state"]
                if "request_hash" in row:
                    self.placed.setdefault(int(row["request_hash"]), set()).add(row["order_id"])

    def _watch_deadlines(self, transaction: Transaction) -> None:
        """Hold a sweep against what was read: it cancels no order while a reply that came in time waits unread."""
        if self.scenario.deadline >= NO_DEADLINE:
            return
        positions = transaction.database.tables["positions"]
        for (table, key), row in transaction.writes.items():
            if (
                table != "orders"
                or row is None
                or row.get("cancel_reason") != "DEADLINE_EXCEEDED"
                or row["state"] != "CANCELLING"
            ):
                continue
            due = transaction.database.tables["orders"][key]["deadline_at"] - EPOCH
            # The one that placed it and the one that sweeps may have clocks that are wrong.
            in_time = due.total_seconds() - 2 * abs(self.scenario.skew)
            for topic in topics_read_by("order"):
                for number in range(self.bus.partitions):
                    log = self.bus.logs[topic.name, number]
                    at = positions.get((topic.name, number), {"next_offset": 0})["next_offset"]
                    unread = [message for message in log[at:] if message.at <= in_time]
                    if unread:
                        self.violations.append(
                            f"order {key[0]} was cancelled by its deadline while {topic.name}/{number}@{at} waited"
                        )

    def watch_sweep(self, process: Process) -> None:
        """Hold a sweep of the outbox against the election: one instance of a service sweeps at a time."""
        chosen = self.databases[process.service].sweeper
        self.scheduler.reached["an instance swept the outbox"] += 1
        if not isinstance(chosen, Connection) or chosen._engine is not process.engine:
            self.violations.append(f"{process.name} swept the outbox and was not chosen")

    def _watch_letters(self, transaction: Transaction) -> None:
        """Hold a commit against the dead letters: nothing of a key takes effect before an earlier one of them."""
        letters = transaction.database.tables["dead_letters"].values()
        for place, key in transaction.handled if letters else ():
            # A transaction that began before the letter's was committed may come before it: it did not see it.
            waiting = [
                row
                for row in letters
                if row["aggregate"] == key and row["state"] == "OPEN" and row["written"] < transaction.began
            ]
            # A place can have two letters: one more for each time that the topic was read again from the beginning.
            mine = min((r["id"] for r in waiting if (r["topic"], r["partition"], r["offset"]) == place), default=None)
            earlier = [row["id"] for row in waiting if mine is None or row["id"] < mine]
            if earlier:
                service = transaction.database.service
                self.violations.append(f"{place} took effect in {service} before its dead letter {earlier[0]}")

    @property
    def _states(self) -> dict[UUID, str]:
        return self.__dict__.setdefault("_states_seen", {})

    # What clients do.

    def _client(self, number: int, order: Order) -> None:
        self.scheduler.wait(lambda: False, order.at)
        lines = tuple(
            OrderLine(
                sku=f"sku-{sku}", quantity=quantity, unit_price=Money(currency_code="USD", minor_units=order.price)
            )
            for sku, quantity in order.lines
        )
        details = OrderDetails(
            customer_id=f"customer-{order.customer}",
            lines=lines,
            total=Money(currency_code="USD", minor_units=sum(n for _, n in order.lines) * order.price),
            address_reference="home",
            country_code=order.country,
        )
        command = PlaceOrder(UUID(int=number + 1), b"%d" % number, details, None)
        (answer,) = self._call(lambda process: process.placing.commit([command]))
        self.scheduler.say(f"placed as {answer.order_id[-4:]}")
        if order.cancel is not None:
            self.scheduler.wait(lambda: False, order.cancel)
            order_id = UUID(answer.order_id)
            self._call(lambda process: process.cancelling.commit([CancelOrder(order_id, None)]))

    def _call(self, method: Callable[[Process], Any]) -> Any:
        """Call the order service, as often as it takes. A call that does not answer is given up, and may go on."""
        scheduler = self.scheduler
        while True:
            there = [p for p in self.processes if p.service == "order" and p.alive]
            if there:
                process = there[int(scheduler.chance.random() * len(there))]
                answer: list[Any] = []
                task = scheduler.start(f"{process.name} call", process.name, partial(_answer, method, process, answer))
                scheduler.wait(lambda task=task: task.done, 3.0)  # type: ignore[misc]
                if answer:
                    return answer[0]
                if task.failed is not None and not isinstance(task.failed, Retryable | GreenletExit):
                    raise task.failed
            scheduler.wait(lambda: False, 0.2)

    # What goes wrong.

    def _strike(self, fault: Fault) -> None:
        mine = [process for process in self.processes if process.service == fault.service]
        process = mine[fault.number % len(mine)]
        database = self.databases[fault.service]
        records = [message for log in self.bus.logs.values() for message in log]
        match fault.kind:
            case "crash":
                process.crash(fault.seconds)
            case "stop":
                process.stop(fault.seconds)
            case "die":
                database.die = fault.seconds
            case "deadline":
                self._cancel_due(fault.number)
            case "full":
                process.producer.full += 1 + fault.number % 3
            case "fatal":
                process.fail_producer()
            case "unknown":
                process.registry.unknown += 1 + fault.number % 3
            case "halt":
                database.halt = fault.seconds
            case "overtaken":
                self.bus.hold = fault.seconds
            case "concluded":
                self.bus.lose += 1 + fault.number % 3
            case "rewind":
                self.rewound.add(fault.service)
                self.scheduler.reached["a service read its topics again from the beginning"] += 1
                for one in mine:
                    one.crash(fault.seconds)
                for row in database.tables["positions"].values():
                    row["next_offset"] = 0
            case "statement":
                database.refuse += 1 + fault.number % 3
            case "failover":
                database.copy()
                self.scheduler.later(fault.seconds, partial(self._fail_over, fault.service))
            case "lost-before" | "lost-after":
                database.tear = fault.kind.removeprefix("lost-")
            case "duplicate" if records:
                old = records[fault.number % len(records)]
                self.bus.append(old.topic(), old.key(), old.value(), old.headers())
            case "slow":
                places = sorted(self.bus.logs)
                self.bus.slow[places[fault.number % len(places)]] = self.scheduler.now + fault.seconds
                self.scheduler.later(fault.seconds, lambda: None)
            case "garbage" if records:
                old = records[fault.number % len(records)]
                value, *headers = HOSTILE[fault.number % len(HOSTILE)]
                # Headers, and the id in the value, are looked at before anything is found wrong with it.
                cut = (old.value() or b"")[:-1] if value is None else value
                self.bus.append(old.topic(), old.key(), cut, [(GARBAGE, b""), *headers])

    def _fail_over(self, service: str) -> None:
        """Promote the standby. If the service says that it has lost something, an operator puts the primary back."""
        self.databases[service].promote()
        self._forget_states(service)
        self.scheduler.reached["a standby was promoted"] += 1
        self.scheduler.say(f"FAILOVER of {service}'s database")
        self.scheduler.later(FAILOVER_SECONDS, partial(self._switch_back, service))

    def _forget_states(self, service: str) -> None:
        if service == "order":
            # An end that is lost with its server may come again.
            self._states.clear()
            self._states.update({row["order_id"]: row["state"] for row in self.databases[service].rows("orders")})

    def _switch_back(self, service: str) -> None:
        mine = [process for process in self.processes if process.service == service]
        if not all(process.alive and process.continuity._why for process in mine):
            if not all(process.alive and process.continuity.current for process in mine):
                # It is not known yet whether something was lost.
                self.scheduler.later(FAILOVER_SECONDS, partial(self._switch_back, service))
            return
        if any("older" in process.continuity._why for process in mine):
            self.databases[service].switch_back()
            self._forget_states(service)
            self.scheduler.reached["the primary was put back"] += 1
            self.scheduler.say(f"{service}'s database is the one before again")

    def _cancel_due(self, number: int) -> None:
        """Let an order instance cancel what is due, by a clock that is past every deadline. It tries once."""
        there = [process for process in self.processes if process.service == "order" and process.alive]
        if there:
            process = there[number % len(there)]
            if self.scenario.deadline < NO_DEADLINE:
                self.scheduler.start(f"{process.name} call", process.name, process.deadlines.poll_once)
                return
            until = process.clock() + timedelta(hours=1)
            cancel = partial(process.cancelling.cancel_due, until, 1 + number % 3)
            self.scheduler.reached["deadlines had passed"] += 1
            self.scheduler.start(f"{process.name} call", process.name, cancel)

    # How it ends.

    def _look_for_deaths(self) -> None:
        for task in self.scheduler.take_failures():
            if isinstance(task.failed, Stuck):
                raise task.failed
            if task.name.endswith(" call") and isinstance(task.failed, Retryable):
                continue
            if isinstance(task.failed, WentBack):
                # The process ends, and its supervisor starts it again.
                self.scheduler.reached["positions went back under a process"] += 1
                next(p for p in self.processes if task.name.startswith(f"{p.name} ")).crash(0.5)
                continue
            raise Died(f"{task.name} ended: {task.failed!r}") from task.failed

    def _is_quiet(self) -> bool:
        if any(not task.done for task in self.clients) or self.scheduler.has_timers:
            return False
        for process in self.processes:
            if not process.alive or not process.producer.idle:
                return False
        for service, database in self.databases.items():
            if any(row["published_at"] is None for row in database.tables["outbox"].values()):
                return False
            if database.tables["calls"]:
                return False
            at = {key: row["next_offset"] for key, row in database.tables["positions"].items()}
            for topic in topics_read_by(service):
                for number in range(self.bus.partitions):
                    if at.get((topic.name, number), 0) < len(self.bus.logs[topic.name, number]):
                        return False
        return True

    def _mend(self) -> bool:
        """Be the operator: mend the handler, drop what is no event, replay the other dead letters in order.

        Returns:
            False if there was nothing to do.
        """
        self.mended = True
        waiting = [
            (service, row)
            for service, database in self.databases.items()
            for row in database.rows("dead_letters")
            if row["state"] == "OPEN"
        ]
        for service, _ in waiting:
            if not (
                self.scenario.poison or any(GARBAGE in dict(m.headers()) for log in self.bus.logs.values() for m in log)
            ):
                return False
            letters = [row for name, row in waiting if name == service]
            task = self.scheduler.start(f"operator of {service}", "", partial(self._replay, service, letters))
            self.clients.append(task)
            break
        return bool(waiting)

    def _replay(self, service: str, letters: list[dict[str, Any]]) -> None:
        for letter in letters:
            while True:
                try:
                    self._replay_one(service, letter)
                    break
                except SQLAlchemyError:
                    self.scheduler.wait(lambda: False, 0.2)

    def _replay_one(self, service: str, letter: dict[str, Any]) -> None:
        """Decide again on a dead letter, and close it, in one transaction. Its events are left to the sweeper."""
        engine: Any = Engine(self.databases[service])
        handlers = self.handlers(service)
        headers = [(name, None if of is None else bytes.fromhex(of)) for name, of in letter["headers"]]
        with engine.begin() as connection:
            if self.databases[service].tables["dead_letters"][(letter["id"],)]["state"] != "OPEN":
                return
            state = "DROPPED"
            if GARBAGE not in dict(headers):
                place = letter["partition"], letter["offset"]
                decoder = Decoder(service, Registry())  # type: ignore[arg-type]
                record = decoder.decode(
                    TOPIC_OF[letter["topic"]], *place, Record(letter["key"], letter["value"], headers)
                )
                assert record is not None
                now = connection.transaction.now
                books = handlers.load(connection, [record], now)
                if books.row(record.key) is None and archive.among(connection, [record.key], now):
                    connection.transaction.update("dead_letters", (letter["id"],), {"state": "REPLAYED"})
                    return
                unit = UnitOfWork(handlers, books)
                unit.decide(record)
                unit.write(connection)
                state = "REPLAYED"
            connection.transaction.update("dead_letters", (letter["id"],), {"state": state})

    @contextmanager
    def _patched(self) -> Iterator[None]:
        time, made = Time(self.scheduler), {"n": 0}

        def next_id() -> UUID:
            made["n"] += 1
            if not self.scenario.archiving:
                return UUID(int=(1 << 76) + made["n"] * 0x1111)
            return UUID(int=archive.boundary(self.databases["order"].now()).int + made["n"] * 0x1111)

        def client(config: Mapping[str, Any], **_: Any) -> Client:
            return Client(self.bus, config["group.id"], config["client.id"])

        def producer(config: Mapping[str, Any], **_: Any) -> Any:
            failed = config["error_cb"].__self__
            return next(process for process in self.processes if process.publisher is failed).new_producer()

        disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)
        with (
            patch.object(consumer, "time", time),
            patch.object(linger, "time", time),
            patch.object(consumer, "KafkaConsumer", client),
            patch.object(backoff, "random", self.scheduler.chance),
            patch.object(publisher, "time", time),
            patch.object(publisher, "Producer", producer),
            patch.object(watermark, "AdminClient", lambda *_, **__: Admin(self.bus)),
            patch.object(sweeper, "time", time),
            patch.object(sweeper, "MAINTAIN_EVERY_SECONDS", float("inf")),
            patch.object(place_order, "uuid7", next_id),
            patch.object(archive, "YOUNG", archivist.YOUNG),
            patch.object(archiving, "AT_ONCE", archivist.AT_ONCE),
            patch.object(databases, "owned", self.archivist.owned),
            patch.object(archiving, "_write", self.archivist.write),
            patch.object(archiving, "current_user", lambda: "operator"),
        ):
            try:
                yield
            finally:
                logging.disable(disabled)


def _answer(method: Callable[[Process], Any], process: Process, answer: list[Any]) -> None:
    answer.append(method(process))
