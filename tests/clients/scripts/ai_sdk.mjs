// Vercel's AI SDK, with its providers for OpenAI, Anthropic, and whatever is like OpenAI.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, isStepCount, Output, streamText, tool } from "ai";
import { z } from "zod";
import { address, check, embeds, expect, format, key, model, refused } from "./checks.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false; // they go to the output, where the lines of the checks are
const baseURL = `${address}/v1`;
const openai = createOpenAI({ baseURL, apiKey: key });
const anthropic = createAnthropic({ baseURL, apiKey: key });
const like = createOpenAICompatible({ name: "signalbox", baseURL, apiKey: key, includeUsage: true, supportsStructuredOutputs: true });
const prompt = "Is the signal green?";
const get_weather = tool({
  description: "The weather of a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: async () => "rain, 7 degrees",
});
const speaking = {
  "openai, responses": openai,
  "openai, chat": openai.chat,
  anthropic,
  "openai-compatible": like,
};

for (const [provider, speak] of Object.entries(speaking)) {
  await check(`${provider}: text`, async () => {
    const { text, usage, finishReason } = await generateText({ model: speak(model("small")), prompt });
    expect(text.includes("signal green") && usage.outputTokens > 0 && finishReason === "stop", { text, usage });
  });

  await check(`${provider}: stream`, async () => {
    const problems = [];
    const onError = ({ error }) => problems.push(String(error));
    const streamed = streamText({ model: speak(model("small")), prompt, onError });
    let text = "";
    for await (const piece of streamed.textStream) text += piece;
    expect(text.includes("signal green") && (await streamed.usage).outputTokens > 0, problems);
  });

  await check(`${provider}: tools`, async () => {
    const asks = { tools: { get_weather }, stopWhen: isStepCount(3), prompt: "Use get_weather for Oslo." };
    const { text, steps } = await generateText({ model: speak(model("small")), ...asks });
    expect(text.includes("rain, 7 degrees") && steps.length === 2, steps);
  });

  await check(`${provider}: tools, streamed`, async () => {
    const problems = [];
    const onError = ({ error }) => problems.push(String(error));
    const asks = { tools: { get_weather }, stopWhen: isStepCount(3), prompt: "Use get_weather for Oslo." };
    const streamed = streamText({ model: speak(model("small")), onError, ...asks });
    expect((await streamed.text).includes("rain, 7 degrees"), problems);
  });

  await check(`${provider}: structured output`, async () => {
    const output = Output.object({ schema: z.object({ verdict: z.string(), sure: z.boolean() }) });
    const made = await generateText({ model: speak(model("small")), prompt, output });
    expect(typeof made.output.verdict === "string", made.output);
  });

  await check(`${provider}: errors`, async () => {
    const error = await refused(generateText({ model: speak("nobody"), prompt, maxRetries: 0 }));
    expect(APICallError.isInstance(error) && error.statusCode === 404, String(error));
    expect(error.message.includes("nobody"), error.message);
    const problems = [];
    const onError = ({ error }) => problems.push(String(error));
    const broken = streamText({ model: speak(model("small@fault=cut_text,after=3")), prompt, onError, maxRetries: 0 });
    await broken.consumeStream();
    expect(problems.length > 0, "a broken stream looked whole");
  });

  await check(`${provider}: retries`, async () => {
    const failing = model(`small@fault=status,status=503,first=2,text=${format} ${provider.replace(",", "")} recovered`);
    const { text } = await generateText({ model: speak(failing), prompt });
    expect(text.includes("recovered"), text);
  });
}

await check("anthropic: thinking", async () => {
  const providerOptions = { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } };
  const { reasoningText } = await generateText({ model: anthropic(model("reasoner")), prompt, providerOptions });
  expect(reasoningText, "no thought was heard");
});

await check("openai-compatible: reasoning", async () => {
  const { reasoningText } = await generateText({ model: like(model("reasoner")), prompt });
  expect(reasoningText, "no thought was heard");
});

if (embeds) {
  await check("openai: embeddings", async () => {
    const { embeddings } = await embedMany({ model: openai.embedding(model("embed-small")), values: ["red", "green"] });
    expect(embeddings.length === 2 && embeddings[1].length > 8, embeddings);
  });
}
