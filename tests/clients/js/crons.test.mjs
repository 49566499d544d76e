// client.crons: every method.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { client, living, missing, newThread, refused } from "./sdk.mjs";

const yearly = "0 0 1 1 *";

afterEach(async () => {
  const crons = await client.crons.search({ limit: 1000 });
  await Promise.all(crons.map((cron) => client.crons.delete(cron.cron_id)));
});

test("a cron is created as told", async () => {
  const cron = await client.crons.create("agent", {
    schedule: yearly,
    input: { messages: [] },
    metadata: { m: 1 },
    enabled: false,
    onRunCompleted: "keep",
  });

  assert.deepEqual([cron.schedule, cron.enabled, cron.on_run_completed], [yearly, false, "keep"]);
  assert.match(cron.next_run_date, /-01-01T00:00:00\+00:00$/);
  assert.equal(cron.payload.config.configurable.cron_id, cron.cron_id);
  assert.deepEqual(await client.crons.search(), [cron]);
});

test("a cron has a time zone", { skip: !living && "2.0.0 does not send it" }, async () => {
  const cron = await client.crons.create("agent", { schedule: yearly, timezone: "America/New_York" });

  assert.equal(cron.timezone, "America/New_York");
  assert.match(cron.next_run_date, /-01-01T05:00:00\+00:00$/);
});

test("a cron of a thread goes with it", async () => {
  const id = await newThread();
  const cron = await client.crons.createForThread(id, "agent", { schedule: yearly, input: { messages: [] } });

  assert.equal(cron.thread_id, id);
  assert.equal(await client.crons.count({ threadId: id }), 1);
  await client.threads.delete(id);

  assert.equal(await client.crons.count({ threadId: id }), 0);
});

test("crons are found, updated and deleted", async () => {
  const first = await client.crons.create("agent", { schedule: yearly, metadata: { team: "a" } });
  const second = await client.crons.create("steps", { schedule: yearly, enabled: false });

  const updated = await client.crons.update(first.cron_id, { schedule: "0 12 1 7 *", metadata: { more: true } });

  assert.match(updated.next_run_date, /-07-01T12:00:00\+00:00$/);
  assert.deepEqual(updated.metadata, { team: "a", more: true });
  assert.deepEqual((await client.crons.search({ sortBy: "created_at", sortOrder: "asc" })).map((c) => c.cron_id), [
    first.cron_id,
    second.cron_id,
  ]);
  assert.deepEqual((await client.crons.search({ enabled: false })).map((c) => c.cron_id), [second.cron_id]);
  await client.crons.delete(first.cron_id);
  await assert.rejects(client.crons.delete(first.cron_id), refused(404, ""));
  assert.equal(await client.crons.count(), 1);
});

test("what cannot be scheduled is refused", async () => {
  await assert.rejects(client.crons.create("agent", { schedule: "bogus" }), refused(422, "Invalid cron schedule"));
  await assert.rejects(client.crons.create("nope", { schedule: yearly }), refused(404, "Assistant 'nope' not found"));
  await assert.rejects(client.crons.update(missing, { enabled: false }), refused(404, `Cron '${missing}' not found`));
});
