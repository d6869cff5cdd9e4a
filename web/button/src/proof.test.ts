// @vitest-environment node
import { expect, test } from "vitest";
import { prove } from "./proof";

/** Made, and solved by counter 72, by altcha's Python library. */
const challenge = {
  parameters: {
    algorithm: "PBKDF2/SHA-256",
    cost: 1,
    keyLength: 32,
    keyPrefix: "00",
    nonce: "351706d58e7cde11c6b667e2a261ce86",
    salt: "b3b8985cd9a1fc185a765152a4faded7",
    data: { event: "event1", expires: 1799830800 },
  },
  signature: "44174436b41f8c0e01cf977789ee301675deb4c915707f002fba3302c17eca77",
};

test("finds the counter that the library finds, and gives the challenge back unchanged", async () => {
  expect(JSON.parse(atob(await prove(challenge)))).toEqual({
    challenge,
    solution: { counter: 72, derivedKey: "00fa40075b91bbbd643b60d14cba4c776ae91737b9e322c9680352120f90f8c0" },
  });
});

test("gives up on what has no solution", async () => {
  const parameters = { ...challenge.parameters, keyPrefix: "zz" };
  await expect(prove({ ...challenge, parameters }, 64)).rejects.toThrow();
});
