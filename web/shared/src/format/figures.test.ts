import { expect, test } from "vitest";
import type { Figures } from "../api/figures";
import { by, overTime, percent } from "./figures";

const figures = (some: Partial<Figures>) => some as Figures;

test("days without an answer are shown as such", () => {
  const days = { "2027-01-12": { accepted: 2 }, "2027-01-15": { declined: 1, sent: 9 } };
  expect(overTime(figures({ by_day: days, by_hour: {} }))).toEqual({
    labels: ["2027-01-12", "2027-01-13", "2027-01-14", "2027-01-15"],
    rows: { accepted: [2, 0, 0, 0], tentative: [0, 0, 0, 0], declined: [0, 0, 0, 1] },
  });
});

test("what came within a day or two is shown by the hour", () => {
  const hours = { "2027-01-12T23": { accepted: 2 }, "2027-01-13T01": { tentative: 1 } };
  const shown = overTime(figures({ by_day: { "2027-01-12": {}, "2027-01-13": {} }, by_hour: hours }));
  expect(shown.labels).toEqual(["2027-01-12T23", "2027-01-13T00", "2027-01-13T01"]);
  expect(shown.rows.tentative).toEqual([0, 0, 1]);
});

test("nothing is shown where nothing happened", () => {
  expect(overTime(figures({ by_day: {}, by_hour: {} })).labels).toEqual([]);
});

test("the largest come first, and the small ones are taken together", () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`d${n}.example`, { accepted: n }]));
  const shown = by(many, "others");
  expect(shown.labels.slice(0, 2)).toEqual(["d19.example", "d18.example"]);
  expect(shown.labels.at(-1)).toBe("others");
  expect(shown.rows.accepted.reduce((sum, n) => sum + n)).toBe((19 * 20) / 2);
});

test("a part of nothing is no percent", () => {
  expect([percent(1, 3), percent(0, 0)]).toEqual([33, 0]);
});

test("one of a thousand is not nobody, and all but three are not all", () => {
  expect([percent(1, 1000), percent(997, 1000), percent(1000, 1000)]).toEqual([0.1, 99.7, 100]);
});
