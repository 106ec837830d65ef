import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Networks } from "../../lenet/ui/web/engine/networks.js";
import { Live } from "../../lenet/ui/web/maps/live.js";
import { GRID_SIZE } from "../../lenet/ui/web/pad/grid.js";
import { layer, mapsValue, side } from "./maps-samples.js";

const CHECKPOINTS = new URL("../../checkpoints/", import.meta.url);
const EPOCHS = Array.from({ length: 21 }, (_, epoch) => epoch);
const CLASSIC = { name: "mnist-classic", kind: "digit", classes: [..."0123456789"], version: "1", means: [] };
const WHOLE = { noise: 0, biases: true, pooling: true, epoch: null };
const VIEW = { phase: "after", scale: "map", numbers: false, sort: false, pin: null, side: "a", off: [] };
const INK = Buffer.from(Uint8Array.from({ length: 784 }, (_, i) => (i % 28 === 14 ? 255 : 0))).toString("base64");
const BARE = Buffer.alloc(784).toString("base64");

/** What the server has sent: a picture in the trained network, and perhaps another one that is kept. */
function started(changes = {}) {
  const asked = [];
  const get = async (address) => {
    asked.push(address.split("/").at(-1));
    return new Response(await readFile(new URL(address.replace("/networks/", ""), CHECKPOINTS)));
  };
  const live = new Live(() => {});
  live.networks = new Networks(() => {}, get);
  const network = { ...CLASSIC, epochs: EPOCHS };
  const value = { network, altered: WHOLE, off: [], instead: "zero", pictures: [INK, ""], ...changes };
  live.follow(mapsValue(value));
  return { live, asked };
}

const viewed = (revision, changes) => ({
  revision,
  view: { ...VIEW, instead: "zero", epoch: null, ...changes },
  changed: Object.keys(changes),
  painted: "",
});

test("all epochs come before they are asked for, the nearest first", async () => {
  const { live, asked } = started({ altered: { ...WHOLE, epoch: 2 } });
  live.fetchAhead();
  await Promise.all([...live.networks.coming]);
  const epochs = [...new Set(asked)].filter((file) => file.startsWith("epoch-"));
  assert.equal(epochs.length, EPOCHS.length);
  assert.equal(epochs[0], "epoch-02.safetensors");
  assert.deepEqual(new Set(epochs.slice(1, 3)), new Set(["epoch-01.safetensors", "epoch-03.safetensors"]));
  assert.equal(epochs.at(-1), "epoch-20.safetensors");
});

test("an epoch that is not here yet is shown when it has come, with all that was changed since", async () => {
  const { live } = started();
  await Promise.all([...live.networks.coming]);
  assert.equal(live.change(viewed(2, { epoch: 1 })), null);
  assert.equal(live.change(viewed(3, { epoch: 1, scale: "both" })), null);
  assert.equal(live.frame.revision, 1);
  await Promise.all([...live.networks.coming]);
  const found = live.change(live.unshown.pop());
  assert.equal(live.frame.revision, 3);
  assert.equal(live.frame.scale, "both");
  assert.ok(Math.max(...found.answer.probabilities.map(([, share]) => share)) < 0.2); // it has learnt nothing yet
  assert.deepEqual(live.unshown, []);
  assert.equal(live.change(viewed(4, { scale: "map" })).answer, null); // the scale changes no answer
});

test("what the server has shown is not waited for any more", () => {
  const { live } = started();
  live.change(viewed(2, { epoch: 1 }));
  live.change(viewed(3, { epoch: 2 }));
  live.follow(mapsValue({ ...live.frame, revision: 2 }));
  assert.deepEqual(
    live.unshown.map(({ revision }) => revision),
    [3],
  );
});

test("a kept picture is seen by the network of the same epoch", async () => {
  const { live } = started({ pictures: [INK, BARE], b: "the kept picture", layers: [layer({ b: side() })] });
  await Promise.all([...live.networks.coming]);
  live.fetchAhead();
  await Promise.all([...live.networks.coming]);
  const shares = [1, 20].map((epoch, i) => {
    const { answer } = live.change(viewed(2 + i, { epoch }));
    assert.equal(answer.other.title, "the kept picture");
    return Math.max(...answer.other.probabilities.map(([, share]) => share));
  });
  assert.ok(shares[0] < 0.2 && shares[1] > 0.25, `${shares}`);
});

test("an epoch that comes while the pen moves answers the drawing of now", async () => {
  const { live } = started();
  await Promise.all([...live.networks.coming]);
  live.change(viewed(2, { epoch: 1 }));
  const ink = Uint8Array.from({ length: GRID_SIZE ** 2 }, (_, i) => (Math.abs((i % GRID_SIZE) - 56) < 4 ? 255 : 0));
  assert.equal(live.answer({ drawing: 7, ink }).answer.drawing, 7);
  await Promise.all([...live.networks.coming]);
  assert.equal(live.change(live.unshown.pop()).answer.drawing, 7);
});
