"""Signed webhooks, from an outbox of the forum's own: a restart of either side loses none."""

import hashlib
import hmac
import json
import logging
import threading
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from conventions import logs
from expert_db.database import now
from forum_bridge.embedded.store import Attempt, Hook, Store

LONGEST_WAIT = timedelta(seconds=60)
# Seconds until the next try after a fault of the forum's own database.
FAULT = 1.0
log = logging.getLogger(__name__)


def tell(session: Session, kind: str, event: str, shape: dict[str, Any]) -> None:
    """Queue a webhook in the transaction of what it tells of."""
    body = json.dumps({kind: shape}, ensure_ascii=False, separators=(",", ":")).encode()
    session.add(Hook(type=kind, event=event, body=body))


class Courier:
    """Delivers what is queued to one address, oldest first, each try with an Event-Id of its own."""

    def __init__(self, store: Store, url: str, secret: str, instance: str) -> None:
        self._store, self._url, self._secret, self._instance = store, url, secret.encode(), instance
        self._stop = threading.Event()
        self._http = httpx.Client(timeout=10, trust_env=False)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._store.written.set()
        self._thread.join()
        self._http.close()

    def _run(self) -> None:
        told = ""
        while not self._stop.is_set():
            self._store.written.clear()
            try:
                self._deliver_due()
                rest = self._idle()
            except SQLAlchemyError as fault:
                # What is queued stays, and is tried again. A full disk is not filled further by saying so.
                if (reason := _reason(fault)) != told:
                    logs.tell(log, "webhooks-stuck", reason=reason)
                told = reason
                # Not until the next write, which may be one of these tries.
                self._stop.wait(FAULT)
            else:
                told = ""
                self._store.written.wait(rest)

    def _idle(self) -> float | None:
        """Seconds until the next retry is due; None, to wait for the next write, if nothing is queued."""
        with self._store.reading() as session:
            due = session.scalar(select(Hook.due_at).order_by(Hook.due_at).limit(1))
        return max((due - now()).total_seconds(), 0.01) if due else None

    def _deliver_due(self) -> None:
        with self._store.reading() as session:
            due = list(session.scalars(select(Hook).where(Hook.due_at <= now()).order_by(Hook.id)))
        for hook in due:
            if self._stop.is_set():
                return
            self._deliver(hook)

    def _deliver(self, hook: Hook) -> None:
        with self._store.writing() as session:
            attempt = Attempt(event=hook.event)
            session.add(attempt)
            session.flush()
            event_id = attempt.id
        heard = self._send(hook, event_id)
        with self._store.writing() as session:
            row = session.get_one(Hook, hook.id)
            if heard:
                session.delete(row)
                return
            row.attempts += 1
            row.due_at = now() + min(timedelta(seconds=2 ** min(row.attempts - 1, 6)), LONGEST_WAIT)

    def _send(self, hook: Hook, event_id: int) -> bool:
        headers = {
            "Content-Type": "application/json",
            "X-Discourse-Instance": self._instance,
            "X-Discourse-Event-Id": str(event_id),
            "X-Discourse-Event-Type": hook.type,
            "X-Discourse-Event": hook.event,
            "X-Discourse-Event-Signature": signature(self._secret, hook.body),
        }
        try:
            answer = self._http.post(self._url, content=hook.body, headers=headers)
            refused = "" if answer.is_success else f"it was answered with {answer.status_code}"
        except httpx.HTTPError as error:
            refused = str(error) or type(error).__name__
        if refused:
            logs.tell(log, "webhook-waits", webhook=hook.event, reason=refused)
        return not refused


def _reason(fault: SQLAlchemyError) -> str:
    """What the database itself says, which names no value, such as "database or disk is full"."""
    return str(getattr(fault, "orig", None) or type(fault).__name__)


def signature(secret: bytes, body: bytes) -> str:
    """The signature header over the raw bytes of a body."""
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
