// Claude Code's command, not interactive.

import { writeFileSync } from "node:fs";
import { address, brokenOnce, check, expect, key, model, run, scripted } from "./checks.mjs";

const environment = {
  ANTHROPIC_BASE_URL: address,
  ANTHROPIC_AUTH_TOKEN: key,
  ANTHROPIC_MODEL: model("small"),
  ANTHROPIC_DEFAULT_HAIKU_MODEL: model("small"), // for its errands
};
const claude = (...given) => run("claude", ["-p", ...given], environment);
writeFileSync("lamp.txt", "The lamp in box seven is amber.");

await check("claude -p", async () => {
  const said = await scripted({ text: "The signal is green." }, () => claude("Is the signal green?"));
  expect(said.includes("The signal is green."), said);
});

await check("claude -p, with its tool Read", async () => {
  const tool_calls = [{ name: "Read", arguments: { file_path: `${process.cwd()}/lamp.txt` } }];
  const said = await scripted({ tool_calls }, () => claude("What does lamp.txt say?", "--allowedTools", "Read"));
  expect(said.includes("The lamp in box seven is amber."), said);
});

await check("claude -p, as JSON", async () => {
  const said = JSON.parse(await scripted({ text: "Amber." }, () => claude("Which?", "--output-format", "json")));
  expect(said.result === "Amber." && !said.is_error && said.usage.output_tokens > 0, said);
});

await check("claude -p, a model that thinks", async () => {
  const thoughts = { reasoning: "Lamps have colours.", text: "Amber." };
  const said = await scripted(thoughts, () => claude("Which?"));
  expect(said.includes("Amber."), said);
});

await check("claude -p, a stream that breaks once", async () => {
  const said = await scripted({ text: "The signal is green." }, () => claude("Green?"), brokenOnce);
  expect(said.includes("The signal is green."), said);
});
