// Google's SDK for Node.

import { GoogleGenAI } from "@google/genai";
import { address, check, expect, key, model, png, refused, weather } from "./checks.mjs";

const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: address } });
const contents = "Is the signal green?";
const reads = { role: "user", parts: [{ text: "Use get_weather for Oslo." }] };
const { additionalProperties, ...parameters } = weather;
const tools = [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema: parameters }] }];

await check("generate", async () => {
  const answer = await client.models.generateContent({ model: model("small"), contents });
  expect(answer.text.includes("signal green") && answer.usageMetadata.totalTokenCount > 0, answer);
  expect(answer.candidates[0].finishReason === "STOP", answer);
});

await check("stream", async () => {
  const stream = await client.models.generateContentStream({ model: model("small"), contents });
  let text = "";
  let usage;
  for await (const chunk of stream) {
    text += chunk.text ?? "";
    usage = chunk.usageMetadata ?? usage;
  }
  expect(text.includes("signal green") && usage.candidatesTokenCount > 0, { text, usage });
});

await check("tools", async () => {
  const config = { tools };
  const first = await client.models.generateContent({ model: model("small"), contents: [reads], config });
  const [call] = first.functionCalls;
  expect(call.name === "get_weather" && call.args.city, call);
  const response = { functionResponse: { id: call.id, name: call.name, response: { output: "rain, 7 degrees" } } };
  const turns = [reads, first.candidates[0].content, { role: "user", parts: [response] }];
  const second = await client.models.generateContent({ model: model("small"), contents: turns, config });
  expect(second.text.includes("rain, 7 degrees"), second);
});

await check("chat session", async () => {
  const chat = client.chats.create({ model: model("echo") });
  await chat.sendMessage({ message: "first" });
  const answer = await chat.sendMessage({ message: "second" });
  expect(answer.text === "second" && chat.getHistory().length === 4, chat.getHistory());
});

await check("image", async () => {
  const picture = { inlineData: { mimeType: "image/png", data: png } };
  const answer = await client.models.generateContent({ model: model("small"), contents: ["Which lamp is this?", picture] });
  expect(answer.text.includes("Which lamp") && answer.usageMetadata.promptTokenCount > 85, answer);
});

await check("structured output", async () => {
  const responseJsonSchema = { type: "object", properties: { verdict: { type: "string" } }, required: ["verdict"] };
  const config = { responseMimeType: "application/json", responseJsonSchema };
  const answer = await client.models.generateContent({ model: model("small"), contents, config });
  expect(typeof JSON.parse(answer.text).verdict === "string", answer.text);
});

await check("thinking", async () => {
  const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } };
  const answer = await client.models.generateContent({ model: model("reasoner"), contents, config });
  expect(answer.candidates[0].content.parts.some((part) => part.thought), answer);
});

await check("errors", async () => {
  const unknown = await refused(client.models.generateContent({ model: "nobody", contents }));
  expect(unknown.status === 404, String(unknown));
  const stranger = new GoogleGenAI({ apiKey: "sk-wrong", httpOptions: { baseUrl: address } });
  const shut = await refused(stranger.models.generateContent({ model: model("small"), contents }));
  expect(shut.status === 401, String(shut));
  const broken = model("small@fault=cut_text,after=3");
  const stream = await client.models.generateContentStream({ model: broken, contents });
  await refused((async () => { for await (const _ of stream); })());
});
