// What the client makes of faults: what it retries, how it takes up streams again, and what it puts together.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { apiUrl, ask, Client, client, contents, living, names, newThread, read, told } from "./sdk.mjs";

const faults = `${apiUrl}/_understudy/faults`;

/** Add a fault, and return what tells how many requests it was for and how many it spoiled. */
async function fault(rule) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(faults, { method: "POST", headers, body: JSON.stringify(rule) });
  assert.equal(answer.status, 201);
  const { fault_id: id } = await answer.json();
  return async () => {
    const { fitted, fired } = await (await fetch(`${faults}/${id}`)).json();
    return [fitted, fired];
  };
}

afterEach(() => fetch(faults, { method: "DELETE" }));

const values = async (input, options = {}) =>
  read(
    client.runs.stream(await newThread(), "steps", { input, streamMode: "values", streamResumable: true, ...options }),
  );

const counts = (parts) => told(parts, "values").map(({ n }) => n);

test("what only reads is asked again after a rate limit", async () => {
  const thread = await newThread();
  const counted = await fault({ kind: "rate_limit", times: 1 });

  assert.equal((await client.threads.get(thread)).thread_id, thread);
  assert.deepEqual(await counted(), [2, 1]);
});

test("what changes something is not asked again after a rate limit", { skip: !living }, async () => {
  const counted = await fault({ kind: "rate_limit", times: 1 });

  await assert.rejects(newThread, (error) => error.status === 429);
  assert.deepEqual(await counted(), [1, 1]);
});

test("a closed connection is an error", async () => {
  const once = new Client({ apiUrl, apiKey: null, callerOptions: { maxRetries: 0 } });
  await fault({ kind: "disconnect" });

  await assert.rejects(() => once.threads.create());
});

test("a client asks for faults by a header", async () => {
  const defaultHeaders = { "X-Understudy-Fault": "status; status=409; body=no" };
  const spoiled = new Client({ apiUrl, apiKey: null, defaultHeaders, callerOptions: { maxRetries: 0 } });

  await assert.rejects(() => spoiled.threads.create(), (error) => error.status === 409);
  assert.ok(await newThread());
});

test("a dropped stream is taken up where it broke off", async () => {
  const counted = await fault({ kind: "drop_stream", after: 2, times: 1 });

  assert.deepEqual(counts(await values({ n: 1, sleep: 0.2 })), [1, 2, 3]);
  assert.deepEqual((await counted())[1], 1);
});

test("a clean end while the run goes on is noticed", { skip: !living }, async () => {
  const counted = await fault({ kind: "end_stream", after: 2, times: 1 });

  assert.deepEqual(counts(await values({ n: 1, sleep: 0.5 })), [1, 2, 3]);
  assert.deepEqual((await counted())[1], 1);
});

test("comments are no events", async () => {
  await fault({ kind: "comments", count: 2000 });

  const seen = names(await values({ n: 1 }));

  // 2.0.0 takes each for an event without a name.
  assert.deepEqual(living ? seen : seen.filter(Boolean), ["metadata", "values", "values", "values"]);
});

test("characters are put together from chunks of a byte", async () => {
  const counted = await fault({ kind: "split_chunks", bytes: 1 });

  const parts = await read(client.runs.stream(null, "agent", { input: ask("Où ça ?"), streamMode: "values" }));

  assert.equal(contents(told(parts, "values").at(-1))[0], "Où ça ?");
  assert.deepEqual((await counted())[1], 1);
});

test("another content type is no stream", async () => {
  await fault({ kind: "content_type", when: { operation: "runs.stream" } });

  await assert.rejects(() => values({ n: 1 }, { signal: AbortSignal.timeout(500) }), /Content-Type|abort|timeout/i);
});
