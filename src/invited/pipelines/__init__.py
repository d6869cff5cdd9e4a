"""The house's table of contents: what happens to each message. One file each, named by its verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invited import messages as m
from invited.pipelines import (
    acknowledge,
    approve,
    ask,
    bounce,
    call,
    cancel,
    collect,
    confirm,
    counter,
    create,
    deliver,
    digest,
    direct,
    dismiss,
    enlist,
    expire,
    forward,
    grant,
    invite,
    limit,
    notify,
    nudge,
    receive,
    refresh,
    refuse,
    relay,
    remind,
    report,
    steer,
    summarise,
    unpack,
    unsubscribe,
    update,
    usher,
    verify,
    vet,
    warn,
    welcome,
    withdraw,
)
from invited.ports import Engine

Handle = Callable[[Any, Engine], None]

PIPELINES: dict[type[m.Message], Handle] = {
    m.MailArrived: receive.handle,  # 1
    m.InviteSubmitted: create.handle,  # 2
    m.InviteRefused: refuse.handle,  # 3
    m.EventCreated: notify.handle,  # 4
    m.LimitMet: limit.handle,  # 4
    m.ConfirmationNeeded: confirm.handle,  # between 1 and 2, 7 or 8, where the sender is not proven
    m.SendRequested: invite.handle,  # 5
    m.InviteAsked: grant.handle,  # 5, from the public door
    m.OptInNeeded: verify.handle,
    m.ListMailed: unpack.handle,  # 5, from a mail
    m.ListDue: enlist.handle,  # 5, from a list
    m.ListRead: summarise.handle,  # 5, from a list
    m.JobDue: steer.handle,  # 5, as ordered
    m.NudgeRequested: nudge.handle,  # after 5, when asked
    m.NudgeDue: remind.handle,  # after 5, when asked
    m.DeliveryDue: deliver.handle,  # 5, 7 and 8
    m.ReplyArrived: collect.handle,  # 6
    m.WebAnswered: acknowledge.handle,  # 6, by the link in the invite
    m.OwnPageWanted: direct.handle,
    m.CounterArrived: counter.handle,  # 6, what is no answer
    m.RefreshArrived: refresh.handle,
    m.LetterArrived: forward.handle,
    m.StrangerArrived: vet.handle,  # 6, who was not invited
    m.StrangerAccepted: welcome.handle,
    m.StrangerRefused: dismiss.handle,
    m.DigestDue: digest.handle,  # 6, told to the organizer
    m.ReportRequested: report.handle,  # when asked, by API or mail
    m.CancelArrived: cancel.handle,  # 7
    m.UpdateArrived: update.handle,  # 8
    m.ApprovalNeeded: ask.handle,  # within 7 and 8, where many people are concerned
    m.ApprovalGiven: approve.handle,
    m.ApprovalExpires: expire.handle,
    m.AudienceDue: relay.handle,  # 7 and 8
    m.BounceArrived: bounce.handle,  # what comes back of 5, 7 and 8
    m.Unsubscribed: unsubscribe.handle,  # an attendee wants no more
    m.InvitationWithdrawn: withdraw.handle,
    m.SignInRequested: usher.handle,  # without a password
    m.HookDue: call.handle,  # what the world wants to hear of all this
    m.HookDisabled: warn.handle,
}
