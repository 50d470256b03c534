// Judges one record by a decision table with json-rules-engine, again and again, as it is asked.
// A line in is a number of seconds; a line out is {"seconds", "runs", "fired"}. The first line in is the table.
import { createInterface } from "node:readline";
import { Engine } from "json-rules-engine";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { rules, record } = JSON.parse((await lines.next()).value);
const engine = new Engine();
for (const rule of rules) {
  const all = [{ fact: rule.measurement, operator: "greaterThanInclusive", value: rule.limit }];
  if (rule.drug !== null) all.unshift({ fact: "drug", operator: "equal", value: rule.drug });
  engine.addRule({ name: rule.id, conditions: { all }, event: { type: rule.id } });
}
for await (const line of lines) {
  const until = performance.now() + Number(line) * 1000;
  const begun = performance.now();
  let runs = 0;
  let fired = [];
  do {
    // `results` and `failureResults` hold every condition with the value it was compared with.
    const { results } = await engine.run(record);
    fired = results.map((result) => result.name);
    runs += 1;
  } while (performance.now() < until);
  console.log(JSON.stringify({ seconds: (performance.now() - begun) / 1000, runs, fired: fired.sort() }));
}
