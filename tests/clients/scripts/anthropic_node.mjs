// Anthropic's SDK for Node.

import Anthropic from "@anthropic-ai/sdk";
import { address, check, expect, format, key, model, png, refused, weather } from "./checks.mjs";

const client = new Anthropic({ baseURL: address, apiKey: key });
const asks = [{ role: "user", content: "Is the signal green?" }];
const reads = [{ role: "user", content: "Use get_weather for Oslo." }];
const tools = [{ name: "get_weather", description: "The weather of a city.", input_schema: weather }];
const max_tokens = 2000;
const said = (message) => message.content.map((block) => block.text ?? "").join("");

await check("messages", async () => {
  const answer = await client.messages.create({ model: model("small"), max_tokens, messages: asks });
  expect(said(answer).includes("signal green") && answer.stop_reason === "end_turn", answer);
  expect(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0, answer.usage);
});

await check("stream", async () => {
  const stream = client.messages.stream({ model: model("small"), max_tokens, messages: asks, system: "Be brief." });
  let text = "";
  stream.on("text", (piece) => (text += piece));
  const answer = await stream.finalMessage();
  expect(text === said(answer) && text.includes("signal green") && answer.usage.output_tokens > 0, answer);
});

await check("tools", async () => {
  const first = await client.messages.create({ model: model("small"), max_tokens, messages: reads, tools });
  const call = first.content.find((block) => block.type === "tool_use");
  expect(first.stop_reason === "tool_use" && call.input.city, first);
  const result = { type: "tool_result", tool_use_id: call.id, content: "rain, 7 degrees" };
  const messages = [...reads, { role: "assistant", content: first.content }, { role: "user", content: [result] }];
  const second = await client.messages.create({ model: model("small"), max_tokens, messages, tools });
  expect(said(second).includes("rain, 7 degrees"), second);
});

await check("tools, streamed", async () => {
  const stream = client.messages.stream({ model: model("small"), max_tokens, messages: reads, tools });
  const call = (await stream.finalMessage()).content.find((block) => block.type === "tool_use");
  expect(typeof call.input.city === "string", call);
});

await check("image", async () => {
  const picture = { type: "image", source: { type: "base64", media_type: "image/png", data: png } };
  const messages = [{ role: "user", content: [{ type: "text", text: "Which lamp is this?" }, picture] }];
  const answer = await client.messages.create({ model: model("small"), max_tokens, messages });
  expect(said(answer).includes("Which lamp") && answer.usage.input_tokens > 85, answer);
});

await check("tools, by the runner", async () => {
  const run = async ({ city }) => (city ? "rain, 7 degrees" : "no city was given");
  const ask = { model: model("small"), max_tokens, messages: reads, tools: [{ ...tools[0], run, parse: (it) => it }] };
  expect(said(await client.beta.messages.toolRunner(ask)).includes("rain, 7 degrees"), "the tool's word is missing");
});

await check("structured output", async () => {
  const output_config = { format: { type: "json_schema", schema: weather } };
  const answer = await client.messages.create({ model: model("small"), max_tokens, messages: asks, output_config });
  expect(typeof JSON.parse(said(answer)).city === "string", answer);
});

await check("thinking", async () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const first = await client.messages.create({ model: model("reasoner"), max_tokens, messages: asks, thinking });
  const thought = first.content.find((block) => block.type === "thinking");
  expect(thought?.thinking && said(first).includes("signal green"), first);
  const messages = [...asks, { role: "assistant", content: first.content }, { role: "user", content: "And now?" }];
  const second = await client.messages.create({ model: model("reasoner"), max_tokens, messages, thinking });
  expect(said(second).includes("And now"), second);
});

await check("thinking, streamed", async () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const stream = client.messages.stream({ model: model("reasoner"), max_tokens, messages: asks, thinking });
  let thought = "";
  stream.on("thinking", (piece) => (thought += piece));
  await stream.finalMessage();
  expect(thought.length > 0, "no thought was heard");
});

await check("errors", async () => {
  const ask = { max_tokens, messages: asks };
  const unknown = await refused(client.messages.create({ model: "nobody", ...ask }));
  expect(unknown instanceof Anthropic.NotFoundError && unknown.error.type === "error", String(unknown));
  const stranger = client.withOptions({ apiKey: "sk-wrong" });
  const shut = await refused(stranger.messages.create({ model: model("small"), ...ask }));
  expect(shut instanceof Anthropic.AuthenticationError && shut.requestID, String(shut));
  const busy = model("small@fault=status,status=429");
  const limited = await refused(client.messages.create({ model: busy, ...ask }, { maxRetries: 0 }));
  expect(limited instanceof Anthropic.RateLimitError, String(limited));
  const broken = model("small@fault=cut_text,after=3");
  await refused(client.messages.stream({ model: broken, ...ask }).finalMessage());
});

await check("retries", async () => {
  const failing = model(`small@fault=status,status=503,first=2,text=${format} recovered at last`);
  const answer = await client.messages.create({ model: failing, max_tokens, messages: asks });
  expect(said(answer).includes("recovered"), answer);
});
