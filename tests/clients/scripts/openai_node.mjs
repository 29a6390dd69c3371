// OpenAI's SDK for Node.

import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { address, check, embeds, expect, format, key, model, png, refused, weather } from "./checks.mjs";

const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: key });
const asks = [{ role: "user", content: "Is the signal green?" }];
const reads = [{ role: "user", content: "Use get_weather for Oslo." }];
const Verdict = z.object({ verdict: z.string(), sure: z.boolean() });

await check("chat", async () => {
  const answer = await client.chat.completions.create({ model: model("small"), messages: asks });
  expect(answer.choices[0].message.content.includes("signal green"), answer);
  expect(answer.choices[0].finish_reason === "stop" && answer.usage.total_tokens > 0, answer);
});

await check("stream", async () => {
  const options = { stream: true, stream_options: { include_usage: true } };
  const stream = await client.chat.completions.create({ model: model("small"), messages: asks, ...options });
  let text = "";
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  expect(text.includes("signal green") && usage?.completion_tokens > 0, { text, usage });
});

await check("tools", async () => {
  const tools = [{ type: "function", function: { name: "get_weather", parameters: weather } }];
  const first = await client.chat.completions.create({ model: model("small"), messages: reads, tools });
  const [call] = first.choices[0].message.tool_calls;
  expect(call.function.name === "get_weather" && JSON.parse(call.function.arguments).city, call);
  const result = { role: "tool", tool_call_id: call.id, content: "rain, 7 degrees" };
  const messages = [...reads, first.choices[0].message, result];
  const second = await client.chat.completions.create({ model: model("small"), messages, tools });
  expect(second.choices[0].message.content.includes("rain, 7 degrees"), second);
});

await check("tools, by the runner, streamed", async () => {
  const seen = [];
  const get = (given) => seen.push(given.city) && "rain, 7 degrees";
  const tool = { name: "get_weather", parameters: weather, parse: JSON.parse, function: get, description: "…" };
  const tools = [{ type: "function", function: tool }];
  const runner = client.chat.completions.runTools({ model: model("small"), messages: reads, tools, stream: true });
  expect((await runner.finalContent()).includes("rain, 7 degrees") && seen.length === 1, seen);
});

await check("image", async () => {
  const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } };
  const messages = [{ role: "user", content: [{ type: "text", text: "Which lamp is this?" }, picture] }];
  const answer = await client.chat.completions.create({ model: model("small"), messages });
  expect(answer.choices[0].message.content.includes("Which lamp") && answer.usage.prompt_tokens > 85, answer);
});

await check("structured output", async () => {
  const response_format = zodResponseFormat(Verdict, "verdict");
  const answer = await client.chat.completions.parse({ model: model("small"), messages: asks, response_format });
  expect(typeof answer.choices[0].message.parsed.verdict === "string", answer);
});

await check("responses", async () => {
  const answer = await client.responses.create({ model: model("small"), input: "Is the signal green?" });
  expect(answer.output_text.includes("signal green") && answer.status === "completed", answer);
});

await check("responses, streamed", async () => {
  const stream = client.responses.stream({ model: model("reasoner"), input: "Is the signal green?" });
  const kinds = new Set();
  for await (const event of stream) kinds.add(event.type);
  expect((await stream.finalResponse()).output_text.includes("signal green"), [...kinds]);
  expect(kinds.has("response.output_text.delta") && kinds.has("response.completed"), [...kinds]);
});

await check("responses, tools", async () => {
  const tools = [{ type: "function", name: "get_weather", parameters: weather, strict: true }];
  const first = await client.responses.create({ model: model("small"), input: reads, tools });
  const call = first.output.find((item) => item.type === "function_call");
  expect(call?.name === "get_weather", first.output);
  const result = { type: "function_call_output", call_id: call.call_id, output: "rain, 7 degrees" };
  const second = await client.responses.create({ model: model("small"), input: [...reads, ...first.output, result], tools });
  expect(second.output_text.includes("rain, 7 degrees"), second);
});

await check("responses, image", async () => {
  const picture = { type: "input_image", image_url: `data:image/png;base64,${png}` };
  const input = [{ role: "user", content: [{ type: "input_text", text: "Which lamp is this?" }, picture] }];
  const answer = await client.responses.create({ model: model("small"), input });
  expect(answer.output_text.includes("Which lamp") && answer.usage.input_tokens > 85, answer);
});

await check("responses, structured output", async () => {
  const text = { format: zodTextFormat(Verdict, "verdict") };
  const answer = await client.responses.parse({ model: model("small"), input: "Is the signal green?", text });
  expect(typeof answer.output_parsed.verdict === "string", answer);
});

if (embeds) {
  await check("embeddings", async () => {
    const made = await client.embeddings.create({ model: model("embed-small"), input: ["red", "green"] });
    expect(made.data.length === 2 && made.data[1].embedding.length > 8, made);
  });
}

await check("models", async () => {
  const names = [];
  for await (const each of client.models.list()) names.push(each.id);
  expect(names.length > 0, names);
});

await check("errors", async () => {
  const unknown = await refused(client.chat.completions.create({ model: "nobody", messages: asks }));
  expect(unknown instanceof OpenAI.NotFoundError && unknown.code === "model_not_found", String(unknown));
  const stranger = client.withOptions({ apiKey: "sk-wrong" });
  const shut = await refused(stranger.chat.completions.create({ model: model("small"), messages: asks }));
  expect(shut instanceof OpenAI.AuthenticationError && shut.requestID, String(shut));
  const busy = { model: model("small@fault=status,status=429"), messages: asks };
  const limited = await refused(client.chat.completions.create(busy, { maxRetries: 0 }));
  expect(limited instanceof OpenAI.RateLimitError, String(limited));
  const broken = model("small@fault=cut_text,after=3");
  const stream = await client.chat.completions.create({ model: broken, messages: asks, stream: true });
  await refused((async () => { for await (const _ of stream); })());
});

await check("errors, responses", async () => {
  const unknown = await refused(client.responses.create({ model: "nobody", input: "?" }));
  expect(unknown instanceof OpenAI.NotFoundError && unknown.code === "model_not_found", String(unknown));
  const broken = { model: model("small@fault=cut_text,after=3"), input: "?", stream: true };
  const kinds = [];
  const hear = async () => {
    for await (const event of await client.responses.create(broken)) kinds.push(event.type);
  };
  const thrown = await hear().catch((error) => error);
  expect(thrown || ["error", "response.failed"].includes(kinds.at(-1)), kinds);
  expect(!kinds.includes("response.completed"), kinds);
});

await check("retries", async () => {
  const failing = model(`small@fault=status,status=503,first=2,text=${format} recovered`);
  const answer = await client.chat.completions.create({ model: failing, messages: asks });
  expect(answer.choices[0].message.content.includes("recovered"), answer);
});
