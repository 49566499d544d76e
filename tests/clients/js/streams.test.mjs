// client.runs.stream and joinStream: every mode, their combinations, and streams that are taken up again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, client, contents, missing, names, newThread, read, refused, told } from "./sdk.mjs";

/** The parts of a run on a new thread after the first, which always tells the run. */
async function streamed(agent, input, streamMode, options = {}) {
  const [first, ...parts] = await read(client.runs.stream(await newThread(), agent, { input, streamMode, ...options }));
  assert.equal(first.event, "metadata");
  assert.equal(first.data.attempt, 1);
  return parts;
}

const data = (parts) => parts.map((part) => part.data);

test("values are the state after the input and after each step", async () => {
  const parts = await streamed("steps", { n: 1 }, "values");

  assert.deepEqual(data(parts), [{ n: 1, log: [] }, { n: 2, log: ["a"] }, { n: 3, log: ["a", "b"] }]);
});

test("updates are what each node gives", async () => {
  const parts = await streamed("steps", { n: 1 }, "updates");

  assert.deepEqual(data(parts), [{ a: { n: 1, log: ["a"] } }, { b: { n: 1, log: ["b"] } }]);
});

test("messages grow with each token", async () => {
  const parts = await streamed("chat", ask("hi"), "messages");

  const grown = told(parts, "messages/partial").map(([message]) => message.content);
  assert.deepEqual(grown, ["Hello", "Hello ", "Hello big", "Hello big ", "Hello big world"]);
  assert.equal(told(parts, "messages/metadata").at(-1)["ai-1"].metadata.langgraph_node, "model");
});

test("message tuples are the tokens one by one", async () => {
  const parts = await streamed("chat", ask("hi"), "messages-tuple");

  const chunks = told(parts, "messages").map(([chunk]) => chunk);
  assert.equal(chunks.map((chunk) => chunk.content).join(""), "Hello big world");
  assert.deepEqual([...new Set(chunks.map((chunk) => chunk.type))], ["AIMessageChunk"]);
});

test("custom events are what a node writes", async () => {
  const parts = await streamed("custom", { x: "go" }, "custom");

  assert.deepEqual(data(parts), [{ progress: 1 }, "plain string", { progress: 2 }]);
});

test("tasks begin and end", async () => {
  const parts = await streamed("steps", { n: 1 }, "tasks");

  assert.deepEqual(data(parts).map(({ name, result }) => [name, result]), [
    ["a", undefined],
    ["a", { n: 1, log: ["a"] }],
    ["b", undefined],
    ["b", { n: 1, log: ["b"] }],
  ]);
});

test("checkpoints and debug tell each step", async () => {
  const checkpoints = await streamed("steps", { n: 1 }, "checkpoints");
  const debug = await streamed("steps", { n: 1 }, "debug");

  assert.deepEqual(data(checkpoints).map(({ next }) => next), [["__start__"], ["a"], ["b"], []]);
  assert.deepEqual(
    data(debug).map(({ type, step }) => `${step} ${type}`),
    ["-1 checkpoint", "0 checkpoint", "1 task", "1 task_result", "1 checkpoint", "2 task", "2 task_result", "2 checkpoint"],
  );
});

test("events are those of LangChain", async () => {
  const parts = await streamed("agent", ask("hi"), "events");

  assert.equal(parts[0].data.event, "on_chain_start");
  assert.deepEqual(contents(parts.at(-1).data.data.output), ["hi", "echo hi"]);
});

test("modes that are asked for together come in the order of what happens", async () => {
  const parts = await streamed("custom", { x: "go" }, ["values", "updates", "custom", "tasks"]);

  assert.deepEqual(names(parts), ["values", "tasks", "custom", "custom", "custom", "updates", "tasks", "values"]);
});

test("tokens come between the values around them", async () => {
  const parts = await streamed("chat", ask("hi"), ["values", "messages-tuple"]);

  assert.deepEqual(names(parts), ["values", ...Array(5).fill("messages"), "values"]);
});

test("subgraphs speak under their own names", async () => {
  const parts = await streamed("parent", { v: "x" }, "updates", { streamSubgraphs: true });

  assert.deepEqual(names(parts).map((name) => name.replace(/:.*/, "")), ["updates", "updates|child", "updates"]);
  assert.deepEqual(parts[1].data, { inner: { v: "x-pre-inner" } });
});

test("a failure ends the stream", async () => {
  const parts = await streamed("steps", { n: 1, mode: "boom" }, "updates");

  assert.equal(parts.at(-1).event, "error");
  assert.deepEqual(parts.at(-1).data, { error: "RuntimeError", message: "kaboom" });
});

test("an interrupt is told and answered in streams", async () => {
  const id = await newThread();

  const asked = await read(client.runs.stream(id, "agent", { input: ask("ask"), streamMode: ["values", "updates"] }));
  const answered = await read(
    client.runs.stream(id, "agent", { command: { resume: "yes" }, streamMode: ["values", "updates"] }),
  );

  assert.deepEqual(told(asked, "updates").at(-1).__interrupt__[0].value, { question: "ok?" });
  assert.deepEqual(told(asked, "values").at(-1).__interrupt__[0].value, { question: "ok?" });
  assert.deepEqual(names(answered), ["metadata", "values", "updates", "values"]);
  assert.deepEqual(contents(answered.at(-1).data), ["ask", "answer yes"]);
});

test("a run without a thread is streamed", async () => {
  const parts = await read(client.runs.stream(null, "steps", { input: { n: 1 } }));

  assert.deepEqual(names(parts), ["metadata", "values", "values", "values"]);
});

test("a running run is joined until it ends", async () => {
  const id = await newThread();
  const run = await client.runs.create(id, "steps", { input: { n: 1, sleep: 0.5 }, streamMode: ["updates", "values"] });

  const parts = await read(client.runs.joinStream(id, run.run_id));

  assert.deepEqual(names(parts).slice(-2), ["updates", "values"]);
  assert.deepEqual(parts.at(-1).data, { n: 3, log: ["a", "b"], sleep: 0.5 });
});

test("a run is joined for one mode only", async () => {
  const id = await newThread();
  const run = await client.runs.create(id, "steps", { input: { n: 1, sleep: 0.5 }, streamMode: ["updates", "values"] });

  const parts = await read(client.runs.joinStream(id, run.run_id, { streamMode: "updates" }));

  assert.deepEqual([...new Set(names(parts))], ["updates"]);
});

test("a resumable stream is taken up where it was left", async () => {
  const id = await newThread();
  const live = await read(client.runs.stream(id, "steps", { input: { n: 1 }, streamResumable: true }));
  const { run_id: runId } = live[0].data;

  const whole = await read(client.runs.joinStream(id, runId, { lastEventId: "-1" }));
  const rest = await read(client.runs.joinStream(id, runId, { lastEventId: live[1].id }));
  const nothing = await read(client.runs.joinStream(id, runId, { lastEventId: live.at(-1).id }));

  assert.deepEqual(whole, live);
  // Events of one millisecond may share an id, so what is left begins after all with the id.
  assert.deepEqual(rest, live.filter((part) => part.id > live[1].id));
  assert.deepEqual(nothing, []);
});

test("joining a run that does not exist is an error in the stream", async () => {
  const parts = await read(client.runs.joinStream(await newThread(), missing));

  assert.deepEqual(told(parts, "error"), [{ error: "HTTPException", message: "404: Run not found" }]);
});

test("a client that leaves takes the run with it where that is said", async () => {
  const id = await newThread();
  const leaving = new AbortController();
  let runId;
  const stream = client.runs.stream(id, "steps", {
    input: { n: 1, sleep: 20 },
    streamMode: "tasks",
    onDisconnect: "cancel",
    signal: leaving.signal,
    onRunCreated: (run) => (runId = run.run_id),
  });

  await read(stream, (part) => part.event === "tasks");
  leaving.abort();
  await client.runs.join(id, runId);

  assert.equal((await client.runs.get(id, runId)).status, "interrupted");
});

test("what cannot be run is refused before the stream begins", async () => {
  await assert.rejects(read(client.runs.stream(missing, "steps", { input: {} })), refused(404, "not found"));
  await assert.rejects(
    read(client.runs.stream(null, "agent", { command: { resume: 1 } })),
    refused(400, "You must provide a thread_id when resuming."),
  );
});
