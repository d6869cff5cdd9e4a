"""The Store port on DynamoDB: every method reads what it needs and writes on condition; the modules beside do it.

The figures follow from the table's stream, so they are behind by as much as that is, about a second; all but how many
are invited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from invited.domain import reconfirmation, scopes, statistics
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
from invited.engines.aws import (
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
    places,
    proposals,
    schedules,
    sessions,
    sign_ins,
    strangers,
    suppression,
    taken,
    waiting,
)
from invited.engines.aws import invitations as invited
from invited.engines.aws import receipts as answers
from invited.engines.aws.table import Table
from invited.messages import Mail
from invited.ports import Admitted, Asked, Choice, Claim, Digest, Key, Order, Session, Turn


class AwsStore:
    """Everything that must be remembered; see ports.Store for what each method promises."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add_event(self, event: Event, limit: int) -> bool:
        return events.add(self._table, event, limit)

    def event(self, event_id: str) -> Event | None:
        return events.by_id(self._table, event_id)

    def event_at(self, event_id: str, revision: int) -> Event | None:
        return events.at(self._table, event_id, revision)

    def event_by_origin(self, organizer: str, origin_uid: str) -> Event | None:
        return events.by_origin(self._table, organizer, origin_uid)

    def replace_event(self, event: Event, expected_revision: int, settled: Approval | None = None) -> None:
        approvals.replace_event(self._table, event, expected_revision, settled)

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
        return events.page(self._table, whose, order, (since, until), after, limit=limit)

    def organizer(self, address: str) -> Organizer:
        return organizers.one(self._table, address)

    def organizers(self, *, after: str = "", limit: int = 100) -> list[Organizer]:
        return organizers.page(self._table, after, limit)

    def set_terms(self, address: str, terms: Terms) -> None:
        organizers.change(self._table, address, terms)

    def keep_cancel(self, owner: str, uid: str, mail: Mail, *, now: datetime, until: datetime) -> None:
        waiting.add(self._table, owner, uid, mail, now=now, until=until)

    def kept_cancels(self, owner: str, uid: str, now: datetime) -> list[Mail]:
        return waiting.those(self._table, owner, uid, now)

    def set_choices(self, event_id: str, choices: Mapping[str, Choice], *, expected: int | None = None) -> bool:
        return events.set_choices(self._table, event_id, choices, expected)

    def listed(self, organizer: str, since: datetime, limit: int) -> list[Event]:
        return events.scheduled(self._table, organizer, since, limit)

    def slug(self, organizer: str) -> str:
        return schedules.slug(self._table, organizer)

    def scheduler(self, slug: str) -> str | None:
        return schedules.scheduler(self._table, slug)

    def choose_slug(self, organizer: str, slug: str, *, expected: str) -> bool:
        return schedules.choose(self._table, organizer, slug, expected)

    def hold(self, approval: Approval, instead_of: str = "") -> None:
        approvals.hold(self._table, approval, instead_of)

    def settle(self, approval: Approval) -> bool:
        return approvals.settle(self._table, approval)

    def pending(self, event_id: str) -> Approval | None:
        return approvals.pending(self._table, event_id)

    def approval(self, approval_id: str) -> Approval | None:
        return approvals.by_id(self._table, approval_id)

    def approvals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Approval]:
        return approvals.page(self._table, event_id, after, limit)

    def admit(self, event_id: str, invitations: Sequence[Invitation], limit: int) -> Admitted:
        return invited.admit(self._table, event_id, invitations, limit)

    def invitation(self, event_id: str, token: str) -> Invitation | None:
        return invited.one(self._table, event_id, token)

    def invitations(
        self, event_id: str, *, after: str = "", limit: int = 100, job: str | None = None
    ) -> list[Invitation]:
        return invited.page(self._table, event_id, after, limit, job)

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
        return invited.claim(self._table, event_id, tokens, lacked, now=now, lease=lease)

    def mark(self, event_id: str, deliveries: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        invited.mark(self._table, event_id, deliveries, release)

    def claim_nudge(
        self, event_id: str, tokens: Sequence[str], *, limit: int, before: datetime, now: datetime, lease: float
    ) -> Claim:
        return nudges.claim(self._table, event_id, tokens, limit=limit, before=before, now=now, lease=lease)

    def mark_nudged(self, event_id: str, reminded: Sequence[Delivery], *, release: Sequence[str] = ()) -> None:
        nudges.mark(self._table, event_id, reminded, release)

    def requeue(self, event_id: str, tokens: Sequence[str]) -> None:
        invited.requeue(self._table, event_id, tokens)

    def record(self, receipts: Sequence[Receipt]) -> list[bool]:
        return answers.record(self._table, receipts)

    def taken(self, event_id: str, mail: str) -> list[Taken]:
        return taken.of_mail(self._table, event_id, mail)

    def replace_answers(self, event_id: str, receipts: Sequence[Receipt]) -> None:
        answers.replace_all(self._table, event_id, receipts)

    def receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        return answers.of_some(self._table, event_id, tokens)

    def earlier_receipts(self, event_id: str, tokens: Sequence[str]) -> list[Receipt]:
        return answers.earlier(self._table, event_id, tokens)

    def reconfirmation(self, event_id: str, sequence: int) -> Reconfirmation:
        sums = counters.read(self._table, f"again:{event_id}")
        return reconfirmation.read(sums, sequence)

    def answers(
        self, event_id: str, *, since: datetime, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> list[Receipt]:
        return answers.since(self._table, event_id, since, after, limit)

    def stranger(self, event_id: str, address: str) -> Receipt | None:
        return strangers.one(self._table, event_id, address)

    def strangers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Receipt]:
        return strangers.page(self._table, event_id, after, limit)

    def add_newcomer(self, newcomer: Newcomer) -> bool:
        return newcomers.add(self._table, newcomer)

    def newcomer(self, event_id: str, address: str) -> Newcomer | None:
        return newcomers.one(self._table, event_id, address)

    def newcomers(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Newcomer]:
        return newcomers.page(self._table, event_id, after, limit)

    def judge(self, event_id: str, address: str, verdict: Verdict) -> bool:
        return newcomers.judge(self._table, event_id, address, verdict)

    def propose(self, proposal: Proposal) -> bool:
        return proposals.propose(self._table, proposal)

    def proposals(self, event_id: str, *, after: str = "", limit: int = 100) -> list[Proposal]:
        return proposals.page(self._table, event_id, after, limit)

    def digest(self, event_id: str) -> Digest:
        return digests.read(self._table, event_id)

    def order_digest(self, event_id: str, due: datetime) -> None:
        digests.order(self._table, event_id, due)

    def tell_digest(self, event_id: str, until: datetime) -> None:
        digests.tell(self._table, event_id, until)

    def statistics(self, event_id: str) -> Statistics:
        counted = counters.figures(self._table, scopes.of_event(event_id))
        room = self._table.get(places.room(event_id)) or {"invitations": 0}
        return statistics.read(counters.caught_up(counted, room["invitations"]))

    def overall(self, organizer: str = "") -> Statistics:
        return statistics.read(counters.figures(self._table, scopes.of_organizer(organizer)))

    def recipients(
        self, event_id: str = "", *, organizer: str = "", after: str = "", limit: int = 100
    ) -> list[Recipients]:
        scope = scopes.of_event(event_id) if event_id else scopes.of_organizer(organizer)
        return counters.of_recipients(self._table, scope, after, limit)

    def life(self, event_id: str, token: str) -> Life:
        return invited.life(self._table, event_id, token)

    def open_job(self, job: Job) -> None:
        jobs.open_job(self._table, job)

    def job(self, job_id: str) -> Job | None:
        return jobs.by_id(self._table, job_id)

    def jobs(self, event_id: str | None = None, *, after: str = "", limit: int = 100) -> list[Job]:
        return jobs.page(self._table, event_id, after, limit)

    def direct_job(
        self, job_id: str, control: Control, among: Collection[Control], now: datetime, why: str = ""
    ) -> bool:
        return jobs.direct(self._table, job_id, control, among, now, why=why)

    def advance_job(self, job_id: str, octets: int, more: Reading) -> bool:
        return jobs.advance(self._table, job_id, octets, more)

    def suppress(self, address: str, reason: str, now: datetime, *, organizer: str = "") -> None:
        self.suppress_all([Suppression(address, organizer, reason, now)])

    def suppress_all(self, entries: Sequence[Suppression]) -> list[bool]:
        return suppression.add(self._table, entries)

    def suppressions(self, organizer: str = "", *, after: str = "", limit: int = 100) -> list[Suppression]:
        return suppression.page(self._table, organizer, after, limit)

    def suppressions_of(self, address: str, limit: int = 100) -> list[Suppression]:
        return suppression.of_address(self._table, address, limit)

    def suppressed(self, addresses: Iterable[str], organizer: str) -> Mapping[str, str]:
        return suppression.of_some(self._table, addresses, organizer)

    def readmit(self, address: str, *, organizer: str = "") -> bool:
        return suppression.remove(self._table, address, organizer)

    def paces(self, names: Collection[str]) -> Mapping[str, Pace]:
        return paces.of_some(self._table, names)

    def reserve(self, wanted: Mapping[str, int], rates: Mapping[str, float], now: datetime) -> Mapping[str, Grant]:
        return paces.reserve(self._table, wanted, rates, now)

    def slow(self, refusals: Mapping[str, str], now: datetime, first: float) -> Mapping[str, Pace]:
        return paces.slow(self._table, refusals, now, first)

    def ease(self, names: Collection[str], first: float) -> None:
        paces.ease(self._table, names, first)

    def hit(self, name: str, window: float, now: datetime) -> int:
        return hits.hit(self._table, name, window, now)

    def add_hook(self, hook: Hook, limit: int) -> None:
        hooks.add(self._table, hook, limit)

    def hook(self, hook_id: str) -> Hook | None:
        return hooks.one(self._table, hook_id)

    def hooks(self, owner: str) -> list[Hook]:
        return hooks.of_owner(self._table, owner)

    def replace_hook(self, hook: Hook, expected_version: int) -> None:
        hooks.replace_at(self._table, hook, expected_version)

    def remove_hook(self, hook_id: str) -> bool:
        return hooks.remove(self._table, hook_id)

    def owe(self, hook_id: str, calls: Sequence[Call], limit: int) -> None:
        hook_calls.owe(self._table, hook_id, calls, limit)

    def claim_hook(self, hook_id: str, now: datetime, lease: float) -> Turn:
        return hooks.claim(self._table, hook_id, now, lease)

    def release_hook(self, hook_id: str, health: Health) -> bool:
        return hooks.release(self._table, hook_id, health)

    def waiting_calls(self, hook_id: str, limit: int) -> list[Call]:
        return hook_calls.waiting(self._table, hook_id, limit)

    def replace_call(self, call: Call, was: CallState) -> bool:
        return hook_calls.replace_at(self._table, call, was)

    def call(self, hook_id: str, call_id: str, now: datetime) -> Call | None:
        return hook_calls.one(self._table, hook_id, call_id, now)

    def calls(self, hook_id: str, now: datetime, *, after: str = "", limit: int = 100) -> list[Call]:
        return hook_calls.page(self._table, hook_id, now, after, limit)

    def branding(self, domain: str) -> Branding | None:
        return branding.one(self._table, domain)

    def replace_branding(self, domain: str, changed: Branding, expected_version: int) -> bool:
        return branding.replace_one(self._table, domain, changed, expected_version)

    def mail_template(self, domain: str, name: str) -> MailTemplate | None:
        return branding.template(self._table, domain, name)

    def mail_templates(self, domain: str) -> list[MailTemplate]:
        return branding.templates(self._table, domain)

    def set_mail_template(self, domain: str, template: MailTemplate) -> None:
        branding.set_template(self._table, domain, template)

    def fault_mail_template(self, domain: str, name: str, changed: datetime, fault: str) -> None:
        branding.fault_template(self._table, domain, name, changed, fault)

    def remove_mail_template(self, domain: str, name: str) -> bool:
        return branding.remove_template(self._table, domain, name)

    def add_key(self, key: Key) -> None:
        keys.add(self._table, key)

    def key(self, key_id: str) -> Key | None:
        return keys.one(self._table, key_id)

    def keys(self, *, organizer: str | None = None, after: str = "", limit: int = 100) -> list[Key]:
        return keys.page(self._table, organizer, after, limit)

    def use_key(self, key_id: str, now: datetime) -> None:
        keys.use(self._table, key_id, now)

    def remove_key(self, key_id: str) -> bool:
        return keys.remove(self._table, key_id)

    def add_sign_in(self, digest: str, address: str, *, now: datetime, until: datetime) -> None:  # noqa: ARG002 - the table forgets by itself
        sign_ins.add(self._table, digest, address, until)

    def sign_in(self, digest: str, now: datetime) -> str | None:
        return sign_ins.one(self._table, digest, now)

    def take_sign_in(self, digest: str, now: datetime) -> str | None:
        return sign_ins.take(self._table, digest, now)

    def add_session(self, session: Session, now: datetime) -> None:  # noqa: ARG002 - the table forgets by itself
        sessions.add(self._table, session)

    def session(self, session_id: str) -> Session | None:
        return sessions.one(self._table, session_id)

    def sessions(self, address: str, limit: int = 100) -> list[Session]:
        return sessions.newest(self._table, address, limit)

    def renew_session(self, session: Session, expected: str) -> bool:
        return sessions.renew(self._table, session, expected)

    def remove_session(self, session_id: str) -> bool:
        return sessions.remove(self._table, session_id)

    def ask(self, name: str, fingerprint: str, *, now: datetime, lease: float, keep: float) -> Asked | None:
        return asked.ask(self._table, name, fingerprint, now=now, lease=lease, keep=keep)

    def answer(self, name: str, answer: str) -> None:
        asked.answer(self._table, name, answer)

    def note(self, entry: Entry) -> None:
        audit.add(self._table, entry)

    def audit(self, *, event_id: str = "", actor: str = "", after: str = "", limit: int = 100) -> list[Entry]:
        return audit.page(self._table, event_id, actor, after, limit)
