// React's useStream in a page: what a chat shows while agents answer, ask, fail, branch and are stopped.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Window } from "happy-dom";
import { apiUrl, ask, client, living, newThread, useStream } from "./sdk.mjs";

const window = new Window({ url: "http://localhost/" });
Object.assign(globalThis, { window, document: window.document });
globalThis.navigator ??= window.navigator; // node has one of its own from 21 on

const { createElement, useEffect } = await import("react");
const { createRoot } = await import("react-dom/client");

const roots = [];
const patience = { timeout: 30_000 };

afterEach(() => roots.splice(0).forEach((root) => root.unmount()));

/** A page with one chat: `now()` is what the hook gave last, `until` waits for it to be as it should. */
function open(options) {
  const element = window.document.createElement("main");
  const root = createRoot(element);
  let stream;
  let mounted = false;
  const shown = [];
  const waiting = [];
  roots.push(root);

  function Chat() {
    stream = useStream({ apiUrl, apiKey: null, messagesKey: "messages", ...options });
    const texts = stream.messages.map((message) => message.content);
    shown.push(texts);
    useEffect(() => {
      mounted = true;
      waiting.forEach((check) => check());
    });
    return texts.map((text, index) => createElement("p", { key: index }, text));
  }

  root.render(createElement(Chat));
  const until = (enough) =>
    new Promise((resolve) => {
      const check = () => enough(stream) && resolve(stream);
      waiting.push(check);
      if (mounted) check();
    });
  const texts = () => stream.messages.map((message) => message.content);
  return { element, root, shown, texts, until, now: () => stream };
}

/** Say something in a chat and wait until what it leads to is there. */
async function say(chat, input, enough, options) {
  const { submit } = await chat.until(() => true);
  await submit(input, options);
  return chat.until((stream) => !stream.isLoading && enough(stream));
}

/** Whether a chat has come to its last word. */
const ends = (word) => (stream) => stream.messages.at(-1)?.content === word;

test("an answer grows on the page until it is whole", patience, async () => {
  const threads = [];
  const chat = open({ assistantId: "chat", onThreadId: (id) => threads.push(id) });

  await say(chat, ask("hi"), ends("Hello big world"));

  assert.deepEqual(chat.texts(), ["hi", "Hello big world"]);
  assert.equal(chat.element.textContent, "hiHello big world");
  assert.ok(chat.shown.every(([, answer = ""]) => "Hello big world".startsWith(answer)));
  assert.deepEqual((await client.threads.getState(threads[0])).values.messages.map((m) => m.content), chat.texts());
});

test("a chat shows what its thread already holds, and goes on from there", patience, async () => {
  const threadId = await newThread();
  await client.runs.wait(threadId, "agent", { input: ask("hi") });
  const chat = open({ assistantId: "agent", threadId, fetchStateHistory: true });

  await chat.until((stream) => stream.messages.length === 2);
  await say(chat, ask("again"), ends("echo again"));
  await chat.until((stream) => stream.history.length >= 6);

  assert.deepEqual(chat.texts(), ["hi", "echo hi", "again", "echo again"]);
});

test("a question stops the chat until it is answered", patience, async () => {
  const chat = open({ assistantId: "agent", fetchStateHistory: true });

  const { interrupt } = await say(chat, ask("ask"), (stream) => stream.interrupt);
  await say(chat, undefined, ends("answer yes"), { command: { resume: "yes" } });

  assert.deepEqual(interrupt.value, { question: "ok?" });
  assert.deepEqual(chat.texts(), ["ask", "answer yes"]);
  assert.equal(chat.now().interrupt, undefined);
});

test("a failure is shown", patience, async () => {
  const failures = [];
  const chat = open({ assistantId: "agent", onError: (error) => failures.push(error) });

  await say(chat, ask("boom"), (stream) => stream.error);

  assert.equal(chat.now().error.message, "boom");
  assert.equal(failures[0].name, "ValueError");
});

test("custom events and updates are handed to those who listen", patience, async () => {
  const heard = [];
  const chat = open({
    assistantId: "custom",
    onCustomEvent: (data) => heard.push(data),
    onUpdateEvent: (data) => heard.push(data),
  });

  await say(chat, { x: "go" }, () => heard.length === 4);

  assert.deepEqual(heard, [{ progress: 1 }, "plain string", { progress: 2 }, { writer: { x: "go!" } }]);
});

test("an earlier message is said differently in a branch of its own", patience, async () => {
  const chat = open({ assistantId: "agent", fetchStateHistory: true });
  await say(chat, ask("hello"), ends("echo hello"));
  await say(chat, ask("first"), (stream) => ends("echo first")(stream) && stream.history.length >= 6);

  const { firstSeenState } = chat.now().getMessagesMetadata(chat.now().messages[2], 2);
  const options = (stream) => stream.messages[2] && stream.getMessagesMetadata(stream.messages[2], 2)?.branchOptions;
  const branched = (stream) => ends("echo second")(stream) && options(stream);
  const stream = await say(chat, ask("second"), branched, { checkpoint: firstSeenState.parent_checkpoint });
  const second = chat.texts();
  const branches = options(stream);
  stream.setBranch(branches[0]);
  await chat.until(ends("echo first"));

  assert.deepEqual(second, ["hello", "echo hello", "second", "echo second"]);
  assert.equal(branches.length, 2);
  assert.deepEqual(chat.texts(), ["hello", "echo hello", "first", "echo first"]);
});

test("a run is stopped from the page", patience, async () => {
  const threadId = await newThread();
  const chat = open({ assistantId: "steps", threadId, onUpdateEvent: () => undefined });
  await chat.until(() => true);

  const submitted = chat.now().submit({ n: 1, sleep: 1 });
  await chat.until((stream) => stream.isLoading && stream.values.n === 1);
  await chat.now().stop();
  await submitted;
  const [run] = await client.runs.list(threadId);
  await client.runs.join(threadId, run.run_id);

  assert.equal((await client.runs.get(threadId, run.run_id)).status, "interrupted");
  assert.equal(chat.now().isLoading, false);
});

test("a page that is opened again takes up the run it left", patience, async () => {
  const threadId = await newThread();
  const options = { assistantId: "steps", threadId, reconnectOnMount: true };
  const first = open(options);
  await first.until(() => true);
  const submitted = first.now().submit({ n: 1, sleep: 1 }, { streamResumable: true });
  await first.until((stream) => stream.values.n === 1);
  first.root.unmount();

  const second = open(options);
  await second.until((stream) => !stream.isLoading && stream.values.n === 3);
  await submitted;

  assert.deepEqual(second.now().values, { n: 3, log: ["a", "b"], sleep: 1 });
});
