// The unmodified SDK in the line that SDK names, pointed at the server that URL names.

const { SDK = "@langchain/langgraph-sdk", URL: url = "http://127.0.0.1:8123" } = process.env;

export const { Client } = await import(SDK);
export const { useStream } = await import(`${SDK}/react`);

/** Whether this is the living line and not 2.0.0, a stray release that is older than 1.9. */
export const living = SDK === "@langchain/langgraph-sdk";

export const apiUrl = url;
export const client = new Client({ apiUrl, apiKey: null });

export const missing = "33333333-3333-4333-8333-333333333333";

/** Read a stream to its end, or as far as the first part for which `enough` is true. */
export async function read(stream, enough = () => false) {
  const parts = [];
  for await (const part of stream) {
    parts.push(part);
    if (enough(part)) break;
  }
  return parts;
}

export const names = (parts) => parts.map((part) => part.event);

export const told = (parts, event) => parts.filter((part) => part.event === event).map((part) => part.data);

export const ask = (content) => ({ messages: [{ role: "user", content }] });

export const contents = (values) => values.messages.map((message) => message.content);

export async function newThread() {
  return (await client.threads.create()).thread_id;
}

/** What `assert.rejects` takes: an answer of this status that says this. */
export const refused = (status, words) => (error) => {
  if (error.status !== status || !error.message.includes(words)) throw error;
  return true;
};
