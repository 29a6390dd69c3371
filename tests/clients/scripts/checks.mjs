// What each script of Node starts from: where the gateway is, and a line for each thing that was asked.

import { execFile } from "node:child_process";

export const address = process.env.SIGNALBOX_ADDRESS;
export const key = process.env.SIGNALBOX_KEY;
export const format = process.env.SIGNALBOX_FORMAT;
export const embeds = ["openai", "openai-like", "cohere", "ollama"].includes(format);
export const model = (name) => `${format}/${name}`;

export async function check(asked, ask) {
  let why = "";
  try {
    await ask();
  } catch (error) {
    why = `${error?.name ?? "Error"}: ${error?.message ?? error}`;
  }
  console.log(JSON.stringify({ asked, why }));
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise));
}

export async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was answered, and should have been refused");
}

export const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export const weather = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

// What the simulator answers whoever asks next, and what goes wrong, until `ask` is through.
export async function scripted(behaviour, ask, faults = []) {
  const place = `${process.env.SIGNALBOX_SIMULATOR}/sim/behaviour`;
  await fetch(place, { method: "PUT", body: JSON.stringify({ behaviour, faults }) });
  try {
    return await ask();
  } finally {
    await fetch(place, { method: "DELETE" });
  }
}

// A stream that breaks once in the middle.
export const brokenOnce = [{ kind: "cut_text", after: 2, first: 1 }];

// What a command prints; an error with all that it said when it fails.
export function run(command, given, environment = {}) {
  const options = { env: { ...process.env, ...environment }, timeout: 60_000 };
  return new Promise((resolve, reject) => {
    const child = execFile(command, given, options, (error, output, complaints) => {
      if (error) reject(new Error(`exit ${error.code}: ${output.slice(-300)} ${complaints.slice(-300)}`));
      else resolve(output);
    });
    child.stdin.end();
  });
}
