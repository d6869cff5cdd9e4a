/** How a job stands, as cards show it. */
import type { Job } from "../api/jobs";

/** How much of a job is done, in percent: of its list that is read, and of its mails that are out. */
export function done(job: Job): number {
  if (job.state === "done") return 100;
  const read = job.list && job.list.size ? job.list.read / job.list.size : 1;
  const out = job.invitations ? (job.invitations - job.queued) / job.invitations : 0;
  return Math.floor(100 * read * out);
}

/** Who would be sent to again: those who failed, and those whom a stop left out. */
export function again(job: Job): number {
  return job.failed + job.dropped;
}

/** A length of time in two units at most, such as `2 hr, 5 min`. */
export function lasting(seconds: number, locale: string): string {
  const whole = Math.ceil(seconds);
  const all: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const first = all.findIndex(([count]) => count > 0);
  const told = first < 0 ? all.slice(2) : all.slice(first, first + 2).filter(([count]) => count > 0);
  const unit = (count: number, name: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" }).format(count);
  return told.map(([count, name]) => unit(count, name)).join(", ");
}
