// Every step of a flow, disturbed: `node pages.mjs <flow> <disturbance>…`, or `node pages.mjs list`. It tells which pages were
// shown, what did not apply, and which walks failed.
import assert from "node:assert/strict";
import { disturbances, isAPage } from "./lib/disturb.mjs";
import { flows, plan } from "./lib/plan.mjs";
import { inWindow, launch } from "./lib/walk.mjs";

const [flowName, ...names] = process.argv.slice(2);
if (flowName === "list") console.log(JSON.stringify(plan()));
else await walkAll();

/** Walks the flow with one disturbance after the other, each time as another person. */
async function walkAll() {
  const first = Number(process.env.FIRST ?? 5000);
  const browser = await launch();
  try {
    for (const [i, name] of names.entries()) {
      try {
        await walkFlow(browser, name, first + i);
        console.log(`walked ${flowName} ${name}`);
      } catch (failure) {
        process.exitCode = 1;
        console.error(`${flowName} ${name}:`, failure);
      }
    }
  } finally {
    await browser.close();
  }
}

async function walkFlow(browser, name, person) {
  const disturbance = disturbances[name];
  const flow = flows[flowName];
  if (!flow || !disturbance) throw new Error(`there is no ${flowName} ${name}: node pages.mjs list`);
  await inWindow(browser, { lang: "ru", attended: true, ...disturbance.how }, async (walk) => {
    const steps = await flow.steps(person);
    await disturbance.begin?.(walk);
    for (const [i, step] of steps.entries()) await take(walk, { name, ...disturbance }, step, steps[i + 1]);
    for (const path of walk.shown) console.log(`shown ${path}`);
  });
}

/** Takes one step with the disturbance, or tells why it does not apply. */
async function take(walk, disturbance, step, next) {
  await step.open?.(walk);
  walk.at(step.at);
  const not = step.not[disturbance.name];
  if (!not) await step.shows(walk);
  await isAPage(walk, step);
  const unfit = not ?? (step.last ? undefined : disturbance.unfit?.(step));
  if (unfit) console.log(`not ${step.name}, ${disturbance.name}: ${unfit}`);
  await disturbance.look?.(walk, step);
  if (step.last) return;
  await (disturbance.act && !unfit ? disturbance.act(walk, step, next) : step.do(walk));
  assert.ok(next, `${step.name} leads nowhere`);
}
