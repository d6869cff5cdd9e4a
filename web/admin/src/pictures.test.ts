import { expect, test } from "vitest";
import { base64Of } from "./pictures";

test("every octet of a picture arrives", async () => {
  expect(await base64Of(new Blob([new Uint8Array([0x89, 0x50, 0x00, 0xff])]))).toBe("iVAA/w==");
});
