import { expect, test } from "vitest";
import { mailOf } from "./figures";

const none = { invitations: 0, delivered: 0, queued: 0, failed: 0, bounced: 0, complained: 0, dropped: 0, withdrawn: 0, reminders: 0, strangers: 0 };

test("what always matters is told, and the rest where there is any", () => {
  expect(mailOf(none).map(({ name }) => name)).toEqual(["invitations", "delivered", "bounced"]);
  expect(mailOf({ ...none, invitations: 9, failed: 2 })).toEqual([
    { name: "invitations", count: 9 },
    { name: "delivered", count: 0 },
    { name: "failed", count: 2 },
    { name: "bounced", count: 0 },
  ]);
});
