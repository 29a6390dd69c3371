// OpenAI's Codex command, not interactive.

import { mkdirSync, writeFileSync } from "node:fs";
import { address, brokenOnce, check, expect, key, model, run, scripted } from "./checks.mjs";

// https://developers.openai.com/codex/config-reference
const configuration = `
model = "${model("small")}"
model_provider = "signalbox"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.signalbox]
name = "Signalbox"
base_url = "${address}/v1"
env_key = "SIGNALBOX_KEY"
wire_api = "responses"
`;
const CODEX_HOME = `${process.cwd()}/.codex`;
mkdirSync(CODEX_HOME, { recursive: true });
writeFileSync(`${CODEX_HOME}/config.toml`, configuration);
writeFileSync("lamp.txt", "The lamp in box seven is amber.");

const options = ["--skip-git-repo-check", "--sandbox", "danger-full-access"];
const codex = (asked) => run("codex", ["exec", ...options, asked], { CODEX_HOME, SIGNALBOX_KEY: key });

await check("codex exec", async () => {
  const said = await scripted({ text: "The signal is green." }, () => codex("Is the signal green?"));
  expect(said.includes("The signal is green."), said);
});

await check("codex exec, with its tool exec_command", async () => {
  const tool_calls = [{ name: "exec_command", arguments: { cmd: "cat lamp.txt" } }];
  const said = await scripted({ tool_calls }, () => codex("What does lamp.txt say?"));
  expect(said.includes("The lamp in box seven is amber."), said);
});

await check("codex exec, a model that thinks", async () => {
  const thoughts = { reasoning: "Lamps have colours.", text: "Amber." };
  expect((await scripted(thoughts, () => codex("Which?"))).includes("Amber."), "another answer");
});

await check("codex exec, a stream that breaks once", async () => {
  const said = await scripted({ text: "The signal is green." }, () => codex("Green?"), brokenOnce);
  expect(said.includes("The signal is green."), said);
});
