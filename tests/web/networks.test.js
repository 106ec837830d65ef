import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { mock, test } from "node:test";
import { Networks } from "../../lenet/ui/web/engine/networks.js";

const CHECKPOINTS = new URL("../../checkpoints/", import.meta.url);
const CLASSIC = { name: "mnist-classic", kind: "digit", classes: [..."0123456789"], version: "1" };

mock.timers.enable({ apis: ["setTimeout"] }); // no test waits until something is asked for again

// Gives the files of the committed checkpoints, and counts what was asked for.
function server(change = (bytes) => bytes) {
  const asked = [];
  const get = async (address) => {
    asked.push(address);
    const path = address.replace("/networks/", "");
    return new Response(change(await readFile(new URL(path, CHECKPOINTS)), path));
  };
  return { asked, get };
}

async function arrived(networks, value) {
  networks.find(value);
  await Promise.all([...networks.coming]);
  return networks.find(value);
}

test("a network is brought when it is first asked for, and kept", async () => {
  const { asked, get } = server();
  const networks = new Networks(() => {}, get);
  assert.equal(networks.find(CLASSIC), null);
  const network = await arrived(networks, CLASSIC);
  assert.equal(network.stages(new Float32Array(784)).logits.data.length, 10);
  assert.deepEqual(asked, ["/networks/mnist-classic/config.json", "/networks/mnist-classic/model.safetensors"]);
});

test("it is told when a network has come, and not when it cannot be had", async () => {
  let come = 0;
  await arrived(new Networks(() => come++, server().get), CLASSIC);
  assert.equal(come, 1);
  await arrived(
    new Networks(
      () => come++,
      async () => new Response("", { status: 404 }),
    ),
    CLASSIC,
  );
  assert.equal(come, 1);
});

test("a network that was trained again is brought again", async () => {
  const { asked, get } = server();
  const networks = new Networks(() => {}, get);
  await arrived(networks, CLASSIC);
  assert.equal(networks.find({ ...CLASSIC, version: "2" }), null);
  await Promise.all([...networks.coming]);
  assert.equal(asked.length, 4);
});

test("the server answers alone for a network whose files are damaged or cannot be had", async () => {
  const cut = server((bytes, path) => (path.endsWith("json") ? bytes : bytes.subarray(0, 1000)));
  assert.equal(await arrived(new Networks(() => {}, cut.get), CLASSIC), null);
  assert.equal(
    await arrived(
      new Networks(
        () => {},
        async () => new Response("", { status: 404 }),
      ),
      CLASSIC,
    ),
    null,
  );
  assert.equal(
    await arrived(
      new Networks(
        () => {},
        () => Promise.reject(new TypeError("no network")),
      ),
      CLASSIC,
    ),
    null,
  );
});

test("files that could not be had are asked for again after a while, and damaged ones are not", async () => {
  const { get } = server();
  let answers = false;
  const networks = new Networks(
    () => {},
    async (address) => (answers ? get(address) : new Response("", { status: 502 })),
  );
  assert.equal(await arrived(networks, CLASSIC), null);
  answers = true;
  mock.timers.tick(9000);
  assert.equal(await arrived(networks, CLASSIC), null);
  mock.timers.tick(1000);
  assert.notEqual(await arrived(networks, CLASSIC), null);
  const cut = server((bytes, path) => (path.endsWith("json") ? bytes : bytes.subarray(0, 1000)));
  const damaged = new Networks(() => {}, cut.get);
  await arrived(damaged, CLASSIC);
  mock.timers.tick(60_000);
  await arrived(damaged, CLASSIC);
  assert.equal(cut.asked.length, 2);
});
