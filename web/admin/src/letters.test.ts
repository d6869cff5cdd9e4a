import { expect, test } from "vitest";
import { pretty, reachOf } from "./letters";

test("a message is shown in lines, and what is none as it is", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty("broken {")).toBe("broken {");
});

test("it is told how many people a message is about", () => {
  expect(reachOf('{"event_id":"e","tokens":["a","b"]}')).toBe(2);
  expect(reachOf('{"event_id":"e","token":"a"}')).toBe(1);
  expect(reachOf('{"event_id":"e"}')).toBe(0);
  expect([reachOf("null"), reachOf("broken {")]).toEqual([0, 0]);
});
