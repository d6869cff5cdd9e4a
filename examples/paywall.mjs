// Whoever has paid gets the calendar invite: your payment provider calls this server, which asks for the invite. Node alone.
//
//   INVITED_URL=https://invites.example INVITED_EVENT=k3v5m2q7x4b6n9d1 TICKET_SECRET=… PAYMENT_SECRET=… node paywall.mjs
//
// TICKET_SECRET comes from `POST /api/v1/events/{id}/ticket-secret`; the event's setting `public_ticket` is true.
// PAYMENT_SECRET is what your provider signs its calls with: here HMAC-SHA256 of the body, in hex, as X-Signature. See your
// provider's own words for its header, and for the names of the fields `id`, `email`, `name` and `status` below.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const VALID = 3600; // seconds until a ticket expires, at most a day
const MAX_BODY = 100_000;

const encoded = (value) => Buffer.from(value).toString('base64url');

/** A JSON Web Token (HS256) that lets `email` have one invite; it can be used once for each `payment`. */
export function ticket(secret, event, email, payment, now = Date.now() / 1000) {
  const claims = { event, email, exp: Math.floor(now) + VALID, jti: payment };
  const signed = `${encoded(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))}.${encoded(JSON.stringify(claims))}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Whether the provider signed `body`. */
export function isGenuine(secret, body, signature) {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Asks for the invite. A ticket that was used is a call that the provider repeated: nothing is left to do. */
async function invite({ url, event, secret }, { id, email, name }) {
  const answer = await fetch(`${url}/api/v1/public/events/${event}/invitations`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, name, origin: 'link:website', ticket: ticket(secret, event, email, id) }),
  });
  if (answer.ok) return 204;
  const problem = await answer.json();
  if (problem.detail === 'The ticket has been used.') return 204;
  console.error(`no invite for payment ${id}: ${problem.detail}`);
  return 502; // the provider calls again
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The server that the provider calls. */
export function site(config) {
  return createServer(async (request, response) => {
    const answer = (status) => response.writeHead(status).end();
    try {
      const body = await read(request);
      if (request.method !== 'POST' || body === null) return answer(400);
      if (!isGenuine(config.paymentSecret, body, request.headers['x-signature'])) return answer(403);
      const payment = JSON.parse(body);
      return answer(payment.status === 'paid' ? await invite(config, payment) : 204);
    } catch (error) {
      console.error(error.message);
      return answer(500);
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { INVITED_URL, INVITED_EVENT, TICKET_SECRET, PAYMENT_SECRET, PORT = '8080' } = process.env;
  const config = { url: INVITED_URL, event: INVITED_EVENT, secret: TICKET_SECRET, paymentSecret: PAYMENT_SECRET };
  const server = site(config);
  server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
}
