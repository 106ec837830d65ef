import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelStore } from "../../lenet/ui/web/maps/kernels.js";
import { layer } from "./maps-samples.js";

const kernels = { side: 1, most: 2, cells: "AP8=" };

test("the kernels beside the maps are those of the network that is shown", () => {
  const store = new KernelStore();
  store.keep({ layers: [layer({ kernels })] });
  assert.equal(store.known.get("act1").pixels.length, 2);
  store.keep({ layers: [] });
  assert.equal(store.known.size, 0);
});

test("where kernels are the maps, none stand beside them", () => {
  const store = new KernelStore();
  store.keep({ layers: [layer({ kernels })] });
  store.keep({ layers: [layer({ kind: "kernels" })] });
  assert.equal(store.known.size, 0);
});
