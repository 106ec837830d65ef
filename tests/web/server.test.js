import assert from "node:assert/strict";
import { test } from "node:test";
import { Line } from "../../lenet/ui/web/page/server.js";

const RUN = "http://here/gradio_api/run/predict";

// A line to a server that gives these answers, one after the other; an error is thrown.
function lineOf(...answers) {
  const said = [];
  const send = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return new Response("", { status: answer });
  };
  return { said, line: new Line(send, (trouble) => said.push(trouble)) };
}

test("while the server answers, nothing is said", async () => {
  const { said, line } = lineOf(200, 200);
  assert.equal((await line.ask([RUN])).status, 200);
  await line.ask([RUN]);
  assert.deepEqual(said, []);
});

test("a request waits for a server that is away, and is sent again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { said, line } = lineOf(new TypeError("Failed to fetch"), 502, 200);
  const answer = line.ask([RUN]);
  for (let i = 0; i < 10; i++) {
    await new Promise(setImmediate);
    t.mock.timers.tick(1500);
  }
  assert.equal((await answer).status, 200);
  assert.equal(said.length, 2);
  assert.match(said[0], /does not answer/);
  assert.equal(said[1], "");
});

test("a request that was one of too many is sent again after the seconds that the server names", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const address of [RUN, "http://here/gradio_api/queue/join?"]) {
    const sent = [];
    const answers = [429, 429, 200].map((status) => new Response("", { status, headers: { "Retry-After": "3" } }));
    const said = [];
    const send = async (...request) => {
      sent.push(request);
      return answers.shift();
    };
    const line = new Line(send, (trouble) => said.push(trouble));
    const answer = line.ask([address, { body: "the last stroke" }]);
    for (let i = 0; i < 3; i++) {
      await new Promise(setImmediate);
      t.mock.timers.tick(2999);
      await new Promise(setImmediate);
      assert.equal(sent.length, Math.min(i + 1, 3));
      t.mock.timers.tick(1);
    }
    assert.equal((await answer).status, 200);
    assert.ok(sent.every(([, options]) => options.body === "the last stroke"));
    const joins = address !== RUN; // a training's own place says that it waits
    assert.equal(said.length, joins ? 0 : 2);
    if (!joins) assert.match(said[0], /your network/);
    if (!joins) assert.equal(said[1], "");
  }
});

test("a question that found no place is sent again, and a server that is not there is told from a full one", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const full = () => new Response("", { status: 503, headers: { "Retry-After": "2" } });
  const answers = [full(), full(), new Response("", { status: 503 }), new Response("")];
  const said = [];
  const line = new Line(
    async () => answers.shift(),
    (trouble) => said.push(trouble),
  );
  const answer = line.ask([RUN, { body: "the last stroke" }]);
  for (const wait of [2000, 2000, 1500]) {
    await new Promise(setImmediate);
    t.mock.timers.tick(wait);
  }
  assert.equal((await answer).status, 200);
  assert.match(said[0], /many people draw/);
  assert.match(said[1], /does not answer/);
  assert.equal(said[2], "");
});

test("an error of the server is said once, until it answers again", async () => {
  const { said, line } = lineOf(500, 500, 200);
  for (let i = 0; i < 3; i++) await line.ask([RUN]);
  assert.equal(said.length, 2);
  assert.match(said[0], /could not answer/);
});

test("what is not a request of the page, and what was called off, goes through", async () => {
  const { said, line } = lineOf(500, new DOMException("", "AbortError"));
  assert.equal((await line.ask(["http://here/theme.css"])).status, 500);
  await assert.rejects(line.ask([RUN]), { name: "AbortError" });
  assert.deepEqual(said, []);
});
