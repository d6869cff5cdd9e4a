"""The Store port on SQLite: each method is one piece of work for the database; the tables' modules do it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from invited.domain import reconfirmation, scopes
from invited.domain.approval import Approval
from invited.domain.audit import Entry
from invited.domain.branding import Branding, MailTemplate
from invited.domain.call import Call, CallState
from invited.domain.event import Event
from invited.domain.hook import Health, Hook
from invited.domain.invitation import Delivery, Invitation
from invited.domain.job import Control, Job, Reading
from invited.domain.newcomer import Newcomer, Verdict
from invited.domain.organizer import Organizer, Terms
from invited.domain.pacing import Grant, Pace
from invited.domain.proposal import Proposal
from invited.domain.receipt import Receipt, Taken
from invited.domain.recipients import Recipients
from invited.domain.reconfirmation import Reconfirmation
from invited.domain.statistics import Statistics
from invited.domain.step import Life
from invited.domain.suppression import Suppression
from invited.engines.embedded import (
    approvals,
    asked,
    audit,
    branding,
    counters,
    digests,
    events,
    hits,
    hook_calls,
    hooks,
    jobs,
    keys,
    newcomers,
    nudges,
    organizers,
    paces,
    proposals,
    schedules,
    sessions,
    sign_ins,
    steps,
    suppression,
    taken,
    waiting,
)
from invited.engines.embedded import invitations as invited
from invited.engines.embedded import receipts as answers
from invited.engines.embedded.database import Database
from invited.messages import Mail
from invited.ports import Admitted, Asked, Choice, Claim, Digest, Key, Order, Session, Turn


class EmbeddedStore:
    """Everything that must be remembered; see ports.Store for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_event(self, event: Event, limit: int) -> bool:
        return self._database.write(lambda c: events.add(c, event, limit))

    def event(self, event_id: str) -> Event | None:
        return self._database.read(lambda c: events.by_id(c, event_id))

    def event_at(self, event_id: str, revision: int) -> Event | None:
        return self._database.read(lambda c: events.at(c, event_id, revision))

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None:
        return self._database.read(lambda c: events.by_origin(c, organizer, origin_uid))

    def replace_event(self, event: Event, expected_revision: int, settled: Approval | None = None) -> None:
        self._database.write(lambda c: approvals.replace_event(c, event, expected_revision, settled))

    def events(
        self,
        *,
        domain: str | None = None,
        organizer: str | None = None,
        order: Order = Order.NEWEST,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[Event]:
        whose = {"domain": domain, "organizer": organizer}
        return self._database.read(lambda c: events.page(c, whose, order, (since, until), after, limit=limit))

    def organizer(self, address: str) -> Organizer:
        return self._database.read(lambda c: organizers.one(c, address))

    def organizers(self, *, after: str = "", limit: int = 100) -> list[Organizer]:
        return self._database.read(lambda c: organizers.page(c, after, limit))

    def set_terms(self, address: str, terms: Terms) -> None:
        self._database.write(lambda c: organizers.change(c, address, terms))

    def keep_cancel(self, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
        self._database.write(lambda c: waiting.add(c, owner, uid, mail, now=now, until=until))

    def kept_cancels(self, owner: str, uid: str, now: datetime) -> list[Mail]:
        return self._database.read(lambda c: waiting.those(c, owner, uid, now))

    def set_choices(self, event_id: str, choices: Mapping[str, Choice], *, expected: int | None = None) -> bool:
        return self._database.write(lambda c: events.set_choices(c, event_id, choices, expected))

    def listed(self, organizer: str, since: datetime, limit: int) -> list[Event]:
        return self._database.read(lambda c: events.listed(c, organizer, since, limit))

    def slug(self, organizer: str) -> str:
        return self._database.read(lambda c: schedules.slug(c, organizer))

    def scheduler(self, slug: str) -> str | None:
        return self._database.read(lambda c: schedules.scheduler(c, slug))

    def choose_slug(self, organizer: str, slug: str, *, expected: str) -> bool:
        return self._database.write(lambda c: schedules.choose(c, organizer, slug, expected))

    def hold(self, approval: Approval, instead_of: str = "") -> None:
        self._database.write(lambda c: approvals.hold(c, approval, instead_of))

    def settle(self, approval: Approval) -> bool:
        return self._database.write(lambda c: approvals.settle(c, approval))

    def pending(self, event_id: str) -> Approval | None:
        return self._database.read(lambda c: approvals.pending(c, event_id))

    def approval(self, approval_id: str) -> Approval | None:
        return self._database.read(lambda c: approvals.by_id(c, approval_id))

    def approvals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Approval]:
        return self._database.read(lambda c: approvals.page(c, event_id, after, limit))

    def admit(self, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
        return self._database.write(lambda c: invited.admit(c, event_id, invitations, limit))

    def invitation(self, event_id: str, token: str) -> Invitation | None:
        return self._database.read(lambda c: invited.one(c, event_id, token))

    def invitations(
        self, event_id: str, *, after: str = "", limit: int = 100, job: str | None = None
    ) -> list[Invitation]:
        return self._database.read(lambda c: invited.page(c, event_id, after, limit, job))

    def claim(
        self,
        event_id: str,
        tokens: Sequence[str],
        revision: int,
        now: datetime,
        lease: float,
        *,
        is_repeat: bool = False,
    ) -> Claim:
        # Whoever holds this one lacks the next.
        lacked = revision + is_repeat
        return self._database.write(lambda c: invited.claim(c, event_id, tokens, lacked, now=now, lease=lease))

    def mark(self, event_id: str, deliveries: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        self._database.write(lambda c: invited.mark(c, event_id, deliveries, release))

    def claim_nudge(
        self, event_id: str, tokens: Sequence[str], *, limit: int, before: datetime, now: datetime, lease: float
    ) -> Claim:
        return self._database.write(
            lambda c: nudges.claim(c, event_id, tokens, limit=limit, before=before, now=now, lease=lease)
        )

    def mark_nudged(self, event_id: str, reminded: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        self._database.write(lambda c: nudges.mark(c, event_id, reminded, release))

    def requeue(self, event_id: str, tokens: Sequence[str]) -> None:
        self._database.write(lambda c: invited.requeue(c, event_id, tokens))

    def record(self, receipts: Sequence[Receipt]) -> list[bool]:
        return self._database.write(lambda c: answers.record(c, receipts))

    def taken(self, event_id: str, mail: str) -> list[Taken]:
        return self._database.read(lambda c: taken.of_mail(c, event_id, mail))

    def replace_answers(self, event_id: str, receipts: Sequence[Receipt]) -> None:
        self._database.write(lambda c: answers.replace_all(c, event_id, receipts))

    def receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        return self._database.read(lambda c: answers.of_some(c, event_id, tokens))

    def earlier_receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        return self._database.read(lambda c: answers.earlier(c, event_id, tokens))

    def reconfirmation(self, event_id: str, sequence: int) -> Reconfirmation:
        sums = self._database.read(lambda c: counters.read(c, f"again:{event_id}"))
        return reconfirmation.read(sums, sequence)

    def answers(
        self, event_id: str, *, since: datetime, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> list[Receipt]:
        return self._database.read(lambda c: answers.since(c, event_id, since, after, limit))

    def stranger(self, event_id: str, address: str) -> Receipt | None:
        return self._database.read(lambda c: answers.stranger(c, event_id, address))

    def strangers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Receipt]:
        return self._database.read(lambda c: answers.strangers(c, event_id, after, limit))

    def add_newcomer(self, newcomer: Newcomer) -> bool:
        return self._database.write(lambda c: newcomers.add(c, newcomer))

    def newcomer(self, event_id: str, address: str) -> Newcomer | None:
        return self._database.read(lambda c: newcomers.one(c, event_id, address))

    def newcomers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Newcomer]:
        return self._database.read(lambda c: newcomers.page(c, event_id, after, limit))

    def judge(self, event_id: str, address: str, verdict: Verdict) -> bool:
        return self._database.write(lambda c: newcomers.judge(c, event_id, address, verdict))

    def propose(self, proposal: Proposal) -> bool:
        return self._database.write(lambda c: proposals.propose(c, proposal))

    def proposals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Proposal]:
        return self._database.read(lambda c: proposals.page(c, event_id, after, limit))

    def digest(self, event_id: str) -> Digest:
        return self._database.read(lambda c: digests.read(c, event_id))

    def order_digest(self, event_id: str, due: datetime) -> None:
        self._database.write(lambda c: digests.order(c, event_id, due))

    def tell_digest(self, event_id: str, until: datetime) -> None:
        self._database.write(lambda c: digests.tell(c, event_id, until))

    def statistics(self, event_id: str) -> Statistics:
        return self._database.read(lambda c: counters.figures(c, scopes.of_event(event_id)))

    def overall(self, organizer: str = "") -> Statistics:
        return self._database.read(lambda c: counters.figures(c, scopes.of_organizer(organizer)))

    def recipients(
        self, event_id: str = "", *, organizer: str = "", after: str = "", limit: int = 100
    ) -> list[Recipients]:
        scope = scopes.of_event(event_id) if event_id else scopes.of_organizer(organizer)
        return self._database.read(lambda c: counters.of_recipients(c, scope, after, limit))

    def life(self, event_id: str, token: str) -> Life:
        return self._database.read(lambda c: steps.life(c, event_id, token))

    def open_job(self, job: Job) -> None:
        self._database.write(lambda c: jobs.open_job(c, job))

    def job(self, job_id: str) -> Job | None:
        return self._database.read(lambda c: jobs.by_id(c, job_id))

    def jobs(self, event_id: str | None = None, *, after: str = "", limit: int = 100) -> list[Job]:
        return self._database.read(lambda c: jobs.page(c, event_id, after, limit))

    def direct_job(
        self, job_id: str, control: Control, among: Collection[Control], now: datetime, why: str = ""
    ) -> bool:
        return self._database.write(lambda c: jobs.direct(c, job_id, control, among, now, why=why))

    def advance_job(self, job_id: str, octets: int, more: Reading) -> bool:
        return self._database.write(lambda c: jobs.advance(c, job_id, octets, more))

    def suppress(self, address: str, reason: str, now: datetime, *, organizer: str = "") -> None:
        self.suppress_all([Suppression(address, organizer, reason, now)])

    def suppress_all(self, entries: Sequence[Suppression]) -> list[bool]:
        return self._database.write(lambda c: suppression.add(c, entries))

    def suppressions(self, organizer: str = "", *, after: str = "", limit: int = 100) -> list[Suppression]:
        return self._database.read(lambda c: suppression.page(c, organizer, after, limit))

    def suppressions_of(self, address: str, limit: int = 100) -> list[Suppression]:
        return self._database.read(lambda c: suppression.of_address(c, address, limit))

    def suppressed(self, addresses: Iterable[str], organizer: str) -> Mapping[str, str]:
        return self._database.read(lambda c: suppression.of_some(c, addresses, organizer))

    def readmit(self, address: str, *, organizer: str = "") -> bool:
        return self._database.write(lambda c: suppression.remove(c, address, organizer))

    def paces(self, names: Collection[str]) -> Mapping[str, Pace]:
        return self._database.read(lambda c: paces.of_some(c, names))

    def reserve(self, wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime) -> Mapping[str, Grant]:
        return self._database.write(lambda c: paces.reserve(c, wanted, rates, now))

    def slow(self, refusals: Mapping[str, str], now: datetime, first: float) -> Mapping[str, Pace]:
        return self._database.write(lambda c: paces.slow(c, refusals, now, first))

    def ease(self, names: Collection[str], first: float) -> None:
        self._database.write(lambda c: paces.ease(c, names, first))

    def hit(self, name: str, window: float, now: datetime) -> int:
        return self._database.write(lambda c: hits.hit(c, name, window, now))

    def add_hook(self, hook: Hook, limit: int) -> None:
        self._database.write(lambda c: hooks.add(c, hook, limit))

    def hook(self, hook_id: str) -> Hook | None:
        return self._database.read(lambda c: hooks.one(c, hook_id))

    def hooks(self, owner: str) -> list[Hook]:
        return self._database.read(lambda c: hooks.of_owner(c, owner))

    def replace_hook(self, hook: Hook, expected_version: int) -> None:
        self._database.write(lambda c: hooks.replace_at(c, hook, expected_version))

    def remove_hook(self, hook_id: str) -> bool:
        return self._database.write(lambda c: hooks.remove(c, hook_id))

    def owe(self, hook_id: str, calls: Sequence[Call], limit: int) -> None:
        self._database.write(lambda c: hook_calls.owe(c, hook_id, calls, limit))

    def claim_hook(self, hook_id: str, now: datetime, lease: float) -> Turn:
        return self._database.write(lambda c: hooks.claim(c, hook_id, now, lease))

    def release_hook(self, hook_id: str, health: Health) -> bool:
        return self._database.write(lambda c: hooks.release(c, hook_id, health))

    def waiting_calls(self, hook_id: str, limit: int) -> list[Call]:
        return self._database.read(lambda c: hook_calls.waiting(c, hook_id, limit))

    def replace_call(self, call: Call, was: CallState) -> bool:
        return self._database.write(lambda c: hook_calls.replace_at(c, call, was))

    def call(self, hook_id: str, call_id: str, now: datetime) -> Call | None:
        return self._database.read(lambda c: hook_calls.one(c, hook_id, call_id, now))

    def calls(self, hook_id: str, now: datetime, *, after: str = "", limit: int = 100) -> list[Call]:
        return self._database.read(lambda c: hook_calls.page(c, hook_id, now, after, limit))

    def branding(self, domain: str) -> Branding | None:
        return self._database.read(lambda c: branding.one(c, domain))

    def replace_branding(self, domain: str, changed: Branding, expected_version: int) -> bool:
        return self._database.write(lambda c: branding.replace_one(c, domain, changed, expected_version))

    def mail_template(self, domain: str, name: str) -> MailTemplate | None:
        return self._database.read(lambda c: branding.template(c, domain, name))

    def mail_templates(self, domain: str) -> list[MailTemplate]:
        return self._database.read(lambda c: branding.templates(c, domain))

    def set_mail_template(self, domain: str, template: MailTemplate) -> None:
        self._database.write(lambda c: branding.set_template(c, domain, template))

    def fault_mail_template(self, domain: str, name: str, changed: datetime, fault: str) -> None:
        self._database.write(lambda c: branding.fault_template(c, domain, name, changed, fault))

    def remove_mail_template(self, domain: str, name: str) -> bool:
        return self._database.write(lambda c: branding.remove_template(c, domain, name))

    def add_key(self, key: Key) -> None:
        self._database.write(lambda c: keys.add(c, key))

    def key(self, key_id: str) -> Key | None:
        return self._database.read(lambda c: keys.one(c, key_id))

    def keys(self, *, organizer: str | None = None, after: str = "", limit: int = 100) -> list[Key]:
        return self._database.read(lambda c: keys.page(c, organizer, after, limit))

    def use_key(self, key_id: str, now: datetime) -> None:
        self._database.write(lambda c: keys.use(c, key_id, now))

    def remove_key(self, key_id: str) -> bool:
        return self._database.write(lambda c: keys.remove(c, key_id))

    def add_sign_in(self, digest: str, address: str, *, now: datetime, until: datetime) -> None:
        self._database.write(lambda c: sign_ins.add(c, digest, address, now=now, until=until))

    def sign_in(self, digest: str, now: datetime) -> str | None:
        return self._database.read(lambda c: sign_ins.one(c, digest, now))

    def take_sign_in(self, digest: str, now: datetime) -> str | None:
        return self._database.write(lambda c: sign_ins.take(c, digest, now))

    def add_session(self, session: Session, now: datetime) -> None:
        self._database.write(lambda c: sessions.add(c, session, now))

    def session(self, session_id: str) -> Session | None:
        return self._database.read(lambda c: sessions.one(c, session_id))

    def sessions(self, address: str, limit: int = 100) -> list[Session]:
        return self._database.read(lambda c: sessions.newest(c, address, limit))

    def renew_session(self, session: Session, expected: str) -> bool:
        return self._database.write(lambda c: sessions.renew(c, session, expected))

    def remove_session(self, session_id: str) -> bool:
        return self._database.write(lambda c: sessions.remove(c, session_id))

    def ask(self, name: str, fingerprint: str, *, now: datetime, lease: float, keep: float) -> Asked | None:
        return self._database.write(lambda c: asked.ask(c, name, fingerprint, now=now, lease=lease, keep=keep))

    def answer(self, name: str, answer: str) -> None:
        self._database.write(lambda c: asked.answer(c, name, answer))

    def note(self, entry: Entry) -> None:
        self._database.write(lambda c: audit.add(c, entry))

    def audit(self, *, event_id: str = "", actor: str = "", after: str = "", limit: int = 100) -> list[Entry]:
        return self._database.read(lambda c: audit.page(c, event_id, actor, after, limit))
