// Every step of a flow, disturbed: `node pages.mjs <flow> <disturbance>`, or `node pages.mjs list`.
import { disturbances } from "./lib/disturb.mjs";
import { flows } from "./lib/flows.mjs";
import { inBrowser } from "./lib/walk.mjs";

const [flowName, disturbanceName] = process.argv.slice(2);
if (flowName === "list") {
  for (const flow of Object.keys(flows)) for (const d of Object.keys(disturbances)) console.log(`${flow} ${d}`);
} else {
  const disturbance = disturbances[disturbanceName];
  const flow = flows[flowName];
  if (!flow || !disturbance) throw new Error(`there is no ${flowName} ${disturbanceName}: node pages.mjs list`);
  await inBrowser({ lang: "ru", ...disturbance.how }, async (walk) => {
    const steps = await flow(Number(process.env.FIRST ?? 5000));
    await disturbance.begin?.(walk);
    for (const step of steps) {
      await step.open?.(walk);
      walk.at(step.at);
      await (step.last ? plain : disturbance.step)(walk, step);
    }
  });
}

/** Does a step as it is meant. */
async function plain(walk, step) {
  await step.do(walk);
}
