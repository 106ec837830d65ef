import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelStore } from "../../lenet/ui/web/maps/kernels.js";
import { layer } from "./maps-samples.js";

const kernels = { side: 1, most: 2, cells: "AP8=" };
const answer = (network, changes) => ({ networks: [network], layers: [layer()], resting: false, ...changes });

test("kernels stay while the pen moves, as long as the network does", () => {
  const store = new KernelStore();
  store.keep(answer("mnist-modern", { layers: [layer({ kernels })], resting: true }));
  assert.equal(store.known.get("act1").pixels.length, 2);
  store.keep(answer("mnist-modern"));
  store.keep(answer("mnist-modern", { layers: [], networks: [] }));
  assert.equal(store.known.size, 1);
  store.keep(answer("mnist-classic"));
  assert.equal(store.known.size, 0);
});

test("where kernels are the maps, none stand beside them", () => {
  const store = new KernelStore();
  store.keep(answer("mnist-modern", { layers: [layer({ kernels })], resting: true }));
  store.keep(answer("mnist-modern", { layers: [layer({ kind: "kernels" })], resting: true }));
  assert.equal(store.known.size, 0);
});
