/** Who confirms again, as a CSV to be saved. */
import type { Reconfirmation } from "@invited/shared/api/figures";
import { again, ANSWERS } from "@invited/shared/format/figures";

/** RFC 4180: former answers in rows, present ones in columns; who had not answered before is `none`. */
export function againCsv(report: Reconfirmation): string {
  const head = ["was", ...ANSWERS, "silent"];
  const rows = again(report).map((row) => [row.was, ...ANSWERS.map((answer) => row.now[answer]), row.silent ?? ""]);
  return [head, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
