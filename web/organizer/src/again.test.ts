import { expect, test } from "vitest";
import { againCsv } from "./again";

test("the report on who confirms again is a table of former and present answers", () => {
  const was = (accepted: number) => ({ accepted, declined: 2, tentative: 3, silent: 4 });
  const report = { sequence: 1, was: { accepted: was(1), declined: was(5), tentative: was(6) }, new: { accepted: 7, declined: 8, tentative: 9 } };
  expect(againCsv(report)).toBe(
    "was,accepted,tentative,declined,silent\r\naccepted,1,3,2,4\r\ntentative,6,3,2,4\r\ndeclined,5,3,2,4\r\nnone,7,9,8,\r\n",
  );
});
