// client.threads: made, found, changed, copied and deleted; their state read, written and forked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { client, living, missing, names, newThread, read, refused, told } from "./sdk.mjs";

test("a thread is created as told and read back", async () => {
  const made = await client.threads.create({ metadata: { who: "me" }, graphId: "steps" });

  assert.deepEqual(made.metadata, { who: "me", graph_id: "steps" });
  assert.equal(made.status, "idle");
  assert.deepEqual(await client.threads.get(made.thread_id), made);
});

test("an id can be had once, or again with do_nothing", async () => {
  const made = await client.threads.create();
  const again = await client.threads.create({ threadId: made.thread_id, ifExists: "do_nothing", metadata: { b: 2 } });

  assert.deepEqual(again, made);
  await assert.rejects(client.threads.create({ threadId: made.thread_id }), refused(409, "already exists"));
});

test("a thread can be born with a history", async () => {
  const made = await client.threads.create({
    graphId: "steps",
    supersteps: [{ updates: [{ values: { n: 1 }, asNode: "__start__" }] }, { updates: [{ values: { n: 1 }, asNode: "a" }] }],
  });
  const state = await client.threads.getState(made.thread_id);

  assert.deepEqual([state.values, state.next], [{ n: 2, log: [] }, ["b"]]);
});

test("threads are found, counted and updated", async () => {
  const needle = `needle ${await newThread()}`;
  const { thread_id: id } = await client.threads.create({ metadata: { needle } });

  const updated = await client.threads.update(id, { metadata: { more: true } });

  assert.deepEqual(updated.metadata, { needle, more: true });
  assert.deepEqual((await client.threads.search({ metadata: { needle } })).map((thread) => thread.thread_id), [id]);
  assert.deepEqual(await client.threads.search({ metadata: { needle }, select: ["thread_id"] }), [{ thread_id: id }]);
  assert.equal(await client.threads.count({ metadata: { needle } }), 1);
});

test("a deleted thread is gone", async () => {
  const id = await newThread();

  await client.threads.delete(id);

  await assert.rejects(client.threads.get(id), refused(404, `Thread with ID ${id} not found`));
});

test("state is written in the name of a node, listed, and forked", async () => {
  const id = await newThread();
  await client.runs.wait(id, "steps", { input: { n: 1 } });
  const [, afterA] = await client.threads.getHistory(id, { limit: 2 });

  const { checkpoint } = await client.threads.updateState(id, {
    values: { n: 40 },
    asNode: "a",
    checkpointId: afterA.checkpoint.checkpoint_id,
  });
  const state = await client.threads.getState(id);

  assert.deepEqual([state.values, state.next], [{ n: 42, log: ["a"] }, ["b"]]);
  assert.equal(state.checkpoint.checkpoint_id, checkpoint.checkpoint_id);
  assert.equal(state.parent_checkpoint.checkpoint_id, afterA.checkpoint.checkpoint_id);
  assert.deepEqual((await client.threads.getState(id, afterA.checkpoint)).values, { n: 2, log: ["a"] });
  assert.deepEqual((await client.threads.getState(id, afterA.checkpoint.checkpoint_id)).values, { n: 2, log: ["a"] });
  assert.equal((await client.threads.getHistory(id, { limit: 10 })).length, 5);
  assert.equal((await client.threads.getHistory(id, { limit: 10, metadata: { source: "update" } })).length, 1);
});

test("a state shows that of its subgraphs where that is asked", async () => {
  const id = await newThread();
  await client.runs.wait(id, "parent", { input: { v: "x", ask: true } });

  const [outer] = (await client.threads.getState(id)).tasks;
  const [whole] = (await client.threads.getState(id, undefined, { subgraphs: true })).tasks;

  assert.equal(outer.state, null);
  assert.equal(outer.checkpoint.checkpoint_ns, `child:${outer.id}`);
  assert.deepEqual([whole.state.values, whole.state.next], [{ v: "x-pre", ask: true }, ["inner"]]);
});

test("a copy goes its own way", async () => {
  const id = await newThread();
  await client.runs.wait(id, "steps", { input: { n: 1 } });

  const copy = await client.threads.copy(id);
  await client.runs.wait(copy.thread_id, "steps", { input: { n: 1 } });

  assert.equal((await client.threads.getState(copy.thread_id)).values.n, 6);
  assert.equal((await client.threads.getState(id)).values.n, 3);
});

test("pruning deletes threads", { skip: !living && "2.0.0 cannot prune" }, async () => {
  const id = await newThread();

  assert.deepEqual(await client.threads.prune([id, missing]), { pruned_count: 1 });
});

/** Read the stream of a thread until a run on it is done. Only a signal makes the SDK let go of the connection. */
async function followed(id, options) {
  const leaving = new AbortController();
  const stream = client.threads.joinStream(id, { ...options, signal: leaving.signal });
  const parts = await read(stream, (part) => part.data?.status === "run_done");
  leaving.abort();
  return parts;
}

test("the stream of a thread tells its runs until each is done", async () => {
  const id = await newThread();
  const run = await client.runs.create(id, "steps", { input: { n: 1, sleep: 0.5 }, streamMode: ["updates"] });

  const parts = await followed(id);

  assert.deepEqual(told(parts, "updates").at(-1), { b: { n: 1, log: ["b"] } });
  assert.deepEqual(parts.at(-1).data, { status: "run_done", run_id: run.run_id });
});

test("the stream of a thread plays resumable runs again", async () => {
  const id = await newThread();
  await read(client.runs.stream(id, "steps", { input: { n: 1 }, streamResumable: true }));

  const parts = await followed(id, { lastEventId: "0" });

  assert.deepEqual(names(parts), ["metadata", "values", "values", "values", "metadata"]);
});
