// client.threads.stream of 1.x: a session with a thread, over HTTP and over a WebSocket.

import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws"; // node has one of its own from 22 on
import { ask, client, living, newThread, read } from "./sdk.mjs";

const options = { timeout: 30_000, skip: !living && "2.0.0 has no sessions" };

const text = ({ content }) => (typeof content === "string" ? content : content.map((block) => block.text).join(""));

const told = (lives) => lives.map((event) => event.params.data.event);

const texts = (values) => values.messages.map(text);

for (const transport of ["sse", "websocket"]) {
  /** Do something in a session with an agent, on a new thread, and close it. */
  const session = (assistantId, act) => async () => {
    const webSocketFactory = (url) => new WebSocket(url);
    const thread = client.threads.stream(await newThread(), { assistantId, transport, webSocketFactory });
    try {
      await act(thread);
    } finally {
      await thread.close();
    }
  };

  test(
    `a run is started and its output awaited over ${transport}`,
    options,
    session("steps", async (thread) => {
      const { output } = thread;
      const { run_id: runId } = await thread.submitRun({ input: { n: 1 }, metadata: { x: 1 } });

      assert.deepEqual(await output, { n: 3, log: ["a", "b"] });
      const run = await client.runs.get(thread.threadId, runId);
      assert.deepEqual([run.status, run.metadata.x], ["success", 1]);
    }),
  );

  test(
    `messages come token by token over ${transport}`,
    options,
    session("chat", async (thread) => {
      const { output, messages } = thread;
      await thread.submitRun({ input: ask("hi") });
      const [message] = await read(messages, () => true);
      const tokens = await read(message.text);

      assert.equal(tokens.join(""), "Hello big world");
      assert.ok(tokens.length >= 3);
      assert.deepEqual(texts(await output), ["hi", "Hello big world"]);
    }),
  );

  test(
    `values come step by step over ${transport}`,
    options,
    session("steps", async (thread) => {
      const values = read(thread.values, (state) => state.n === 3);
      await thread.submitRun({ input: { n: 1 } });

      assert.deepEqual(
        (await values).map((state) => state.n),
        [1, 2, 3],
      );
    }),
  );

  test(
    `a question is asked and answered over ${transport}`,
    options,
    session("agent", async (thread) => {
      const lives = await thread.subscribe("lifecycle");
      const questions = await thread.subscribe("input");
      await thread.submitRun({ input: ask("ask") });
      const [question] = await read(questions, () => true);
      const { interrupt_id: id, payload } = question.params.data;
      const asked = await read(lives); // a subscription pauses where the thread does
      await thread.respondInput({ interrupt_id: id, response: "yes", namespace: question.params.namespace });

      const answered = await read(lives, (event) => event.params.data.event === "completed");

      assert.deepEqual(payload, { question: "ok?" });
      assert.deepEqual(told(asked), ["running", "interrupted"]);
      assert.deepEqual(told(answered), ["running", "completed"]);
      assert.deepEqual(texts((await client.threads.getState(thread.threadId)).values), ["ask", "answer yes"]);
    }),
  );

  test(
    `a life is told from its beginning to its end over ${transport}`,
    options,
    session("agent", async (thread) => {
      const ends = new Set(["completed", "failed", "interrupted"]);
      const lives = await thread.subscribe("lifecycle");
      await thread.submitRun({ input: ask("boom") });
      const life = await read(lives, (event) => ends.has(event.params.data.event));

      assert.deepEqual(told(life), ["running", "failed"]);
    }),
  );

  test(
    `subgraphs have namespaces of their own over ${transport}`,
    options,
    session("parent", async (thread) => {
      const lives = await thread.subscribe("lifecycle");
      await thread.submitRun({ input: { v: "x" } });
      const life = await read(lives, ({ params }) => params.namespace.length === 0 && params.data.event === "completed");

      const inner = life.filter(({ params }) => params.namespace.length === 1);
      assert.deepEqual(
        inner.map(({ params }) => [params.namespace[0].split(":")[0], params.data.event]),
        [
          ["child", "started"],
          ["child", "completed"],
        ],
      );
    }),
  );
}
