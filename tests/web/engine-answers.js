// What the engine answers for each case of test_engine.py: node engine-answers.js FOLDER ...
// A folder has a checkpoint's files and pictures.f32; answer.json and answer.f32 are written beside them.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { scoreOf } from "../../lenet/ui/web/engine/doubt.js";
import { Network, softmax } from "../../lenet/ui/web/engine/network.js";
import { readTensors } from "../../lenet/ui/web/engine/safetensors.js";

const PIXELS = 28 * 28;

function bufferOf(path) {
  return Uint8Array.from(readFileSync(path)).buffer; // Node reads small files into one shared buffer
}

for (const folder of process.argv.slice(2)) {
  const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
  const network = new Network(config, readTensors(bufferOf(`${folder}/model.safetensors`)));
  const pictures = new Float32Array(bufferOf(`${folder}/pictures.f32`));
  const judging = `${folder}/doubt.safetensors`;
  const known = existsSync(judging) ? readTensors(bufferOf(judging)) : null;
  const [parts, probabilities, scores] = [[], [], []];
  let shapes = {};
  for (let at = 0; at < pictures.length; at += PIXELS) {
    const stages = network.stages(pictures.subarray(at, at + PIXELS));
    shapes = Object.entries(stages).map(([name, { shape }]) => [name, shape]);
    for (const { data } of Object.values(stages)) parts.push(Buffer.from(data.slice().buffer));
    probabilities.push(softmax(stages.logits.data));
    if (known) scores.push(scoreOf(known, stages));
  }
  writeFileSync(`${folder}/answer.json`, JSON.stringify({ shapes, probabilities, scores }));
  writeFileSync(`${folder}/answer.f32`, Buffer.concat(parts));
}
