import assert from "node:assert/strict";
import { test } from "node:test";
import { Network, softmax } from "../../lenet/ui/web/engine/network.js";

// One map, a kernel of one cell that changes nothing, no dense layer before the logits.
const MODEL = {
  channels: [1],
  kernel_sizes: [1],
  paddings: [0],
  activation: "relu",
  pooling: "max",
  batch_norm: false,
  dropout: 0,
  hidden: [],
  classes: 2,
  input_size: 28,
  mean: 0,
  std: 1,
};
const tensor = (shape, fill = () => 0) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, fill),
});
const tensors = (changes = {}) => ({
  "conv1.weight": tensor([1, 1, 1, 1], () => 1),
  "conv1.bias": tensor([1]),
  "logits.weight": tensor([2, 196]),
  "logits.bias": tensor([2], (_, i) => i),
  ...changes,
});
const network = (model = {}, changes = {}) => new Network({ model: { ...MODEL, ...model } }, tensors(changes));
const PICTURE = Float32Array.from({ length: 784 }, (_, i) => (i % 5) - 2);
const at = ({ shape, data }, y, x) => data[y * shape[2] + x];

test("the stages have their names in order, and their shapes", () => {
  const dense = { "dense2.weight": tensor([3, 196]), "dense2.bias": tensor([3]), "logits.weight": tensor([2, 3]) };
  const norm = ["weight", "bias", "running_mean", "running_var"].map((part) => [`norm1.${part}`, tensor([1], () => 1)]);
  const made = network({ hidden: [3], dropout: 0.5, batch_norm: true }, { ...dense, ...Object.fromEntries(norm) });
  const shapes = Object.entries(made.stages(PICTURE)).map(([name, { shape }]) => [name, shape.join("x")]);
  assert.deepEqual(shapes, [
    ["input", "1x28x28"],
    ["conv1", "1x28x28"],
    ["norm1", "1x28x28"],
    ["act1", "1x28x28"],
    ["pool1", "1x14x14"],
    ["flatten", "196"],
    ["dense2", "3"],
    ["act2", "3"],
    ["drop2", "3"],
    ["logits", "2"],
  ]);
});

test("a picture that keeps its size passes to the last bit, less the mean, by the standard deviation", () => {
  assert.deepEqual(network().stages(PICTURE).input.data, PICTURE);
  const { input } = network({ mean: 0.5, std: 0.25 }).stages(PICTURE);
  assert.deepEqual([...input.data.subarray(0, 5)], [-10, -6, -2, 2, 6]);
});

test("a picture that is half as large takes each new pixel from four old ones of each row and column", () => {
  const point = new Float32Array(784);
  point[10 * 28 + 10] = 1;
  const { input } = network({ input_size: 14 }, { "logits.weight": tensor([2, 49]) }).stages(point);
  const [near, far] = [3 / 8, 1 / 8]; // the triangle, at half a pixel and at one and a half
  assert.deepEqual([at(input, 5, 5), at(input, 4, 5), at(input, 4, 4)], [near * near, far * near, far * far]);
  assert.equal(at(input, 6, 5), 0);
});

test("a kernel is not turned, and reads zeros around the picture", () => {
  const corner = new Float32Array(784);
  corner[0] = 1;
  corner[1] = 10;
  corner[28] = 100;
  const weight = tensor([1, 1, 3, 3], (_, i) => i + 1);
  const changes = { "conv1.weight": weight, "conv1.bias": tensor([1], () => 0.5) };
  const { conv1 } = network({ kernel_sizes: [3], paddings: [1] }, changes).stages(corner);
  assert.equal(at(conv1, 0, 0), 5 + 6 * 10 + 8 * 100 + 0.5);
  assert.equal(at(conv1, 1, 1), 1 + 2 * 10 + 4 * 100 + 0.5);
  assert.equal(at(conv1, 27, 27), 0.5);
});

const ACTIVATIONS = {
  relu: [0, 0, 0, 1, 2],
  tanh: [-2, -1, 0, 1, 2].map(Math.tanh),
  sigmoid: [-2, -1, 0, 1, 2].map(sigmoid),
};

function sigmoid(value) {
  return 1 / (1 + Math.exp(-value));
}

for (const [activation, values] of Object.entries(ACTIVATIONS)) {
  test(`${activation} is its formula`, () => {
    const { act1 } = network({ activation }).stages(PICTURE);
    assert.deepEqual([...act1.data.subarray(0, 5)], [...Float32Array.from(values)]);
  });
}

test("pooling takes the mean or the largest of four, and leaves out an odd last row and column", () => {
  const picture = PICTURE.map((_, i) => i / 1024);
  const changes = {
    "conv1.weight": tensor([1, 1, 2, 2], (_, i) => (i === 0 ? 1 : 0)),
    "logits.weight": tensor([2, 169]),
  };
  const corners = (y, x) => [y * 28 + x, y * 28 + x + 1, y * 28 + x + 28, y * 28 + x + 29].map((i) => i / 1024);
  for (const [pooling, rule] of [
    ["max", (values) => Math.max(...values)],
    ["average", (values) => values.reduce((sum, value) => sum + value) / 4],
  ]) {
    const { pool1 } = network({ pooling, kernel_sizes: [2] }, changes).stages(picture);
    assert.deepEqual(pool1.shape, [1, 13, 13]);
    assert.deepEqual([at(pool1, 0, 0), at(pool1, 12, 12)], [rule(corners(0, 0)), rule(corners(24, 24))]);
  }
});

test("batch normalisation uses the running statistics", () => {
  const values = { weight: 3, bias: 0.25, running_mean: 0.5, running_var: 4 };
  const norm = Object.entries(values).map(([part, value]) => [`norm1.${part}`, tensor([1], () => value)]);
  const { norm1 } = network({ batch_norm: true }, Object.fromEntries(norm)).stages(PICTURE);
  assert.ok(Math.abs(norm1.data[0] - ((-2 - 0.5) * (3 / Math.sqrt(4 + 1e-5)) + 0.25)) < 1e-6);
});

test("outputs beside each other keep their own weights, however many they are", () => {
  for (const classes of [1, 3, 4, 5, 8, 9]) {
    const weight = tensor([classes, 196], (_, i) => (i % 197 === 0 ? 1 + i / 197 : 0)); // the diagonal
    const changes = { "logits.weight": weight, "logits.bias": tensor([classes], (_, i) => 100 * i) };
    const { flatten, logits } = network({ classes }, changes).stages(PICTURE);
    assert.deepEqual(
      [...logits.data],
      Array.from(logits.data, (_, i) => (i + 1) * flatten.data[i] + 100 * i),
    );
  }
});

test("the next picture overwrites the arrays of the one before, and leaves nothing of it", () => {
  const one = network();
  const first = one.stages(PICTURE);
  const blank = one.stages(new Float32Array(784));
  assert.equal(first.conv1.data, blank.conv1.data);
  assert.deepEqual(blank.conv1.data, new Float32Array(784));
});

test("probabilities are the softmax of the logits, however large these are", () => {
  const one = network({}, { "logits.bias": tensor([2], (_, i) => 1000 + i) });
  const probabilities = softmax(one.stages(new Float32Array(784)).logits.data);
  const expected = 1 / (1 + Math.exp(-1));
  assert.ok(Math.abs(probabilities[1] - expected) < 1e-12 && Math.abs(probabilities[0] + expected - 1) < 1e-12);
});

const MISFITS = {
  "a tensor that is missing": [{}, { "logits.bias": undefined }, /logits.bias is missing; .* asks for 2\./],
  "a tensor of another shape": [
    {},
    { "conv1.weight": tensor([1, 1, 3, 3]) },
    /conv1.weight is 1 x 1 x 3 x 3; .* 1 x 1 x 1 x 1\./,
  ],
  "a tensor of no stage": [{}, { "dense9.bias": tensor([1]) }, /no place for the tensors dense9.bias/],
  "another number of maps": [{ channels: [2] }, {}, /conv1.weight is 1 x 1 x 1 x 1; .* 2 x 1 x 1 x 1\./],
  "another size of picture": [{ input_size: 32 }, {}, /logits.weight is 2 x 196; .* 2 x 256\./],
  "a kernel larger than the picture": [
    { kernel_sizes: [29] },
    { "conv1.weight": tensor([1, 1, 29, 29]) },
    /stage of 1 x 0 x 0/,
  ],
  "too little to pool": [{ kernel_sizes: [28] }, { "conv1.weight": tensor([1, 1, 28, 28]) }, /stage of 1 x 0 x 0/],
  "an input that fills the memory": [{ input_size: 1e9 }, {}, /stage of .*1000000000.* cannot/],
  "a padding that fills the memory": [{ paddings: [1e9] }, {}, /stage of .* cannot/],
  "a list that is missing": [{ paddings: undefined }, {}, /configuration has a size/],
  "half a cell of padding": [{ paddings: [0.5] }, {}, /configuration has a size/],
  "an unknown activation": [{ activation: "toString" }, {}, /an activation or a pooling/],
  "an unknown pooling": [{ pooling: "median" }, {}, /an activation or a pooling/],
  "a standard deviation of zero": [{ std: 0 }, {}, /a mean, a std/],
};

for (const [what, [model, changes, sentence]] of Object.entries(MISFITS)) {
  test(`${what} is told in a sentence`, () => {
    const given = Object.fromEntries(Object.entries(tensors(changes)).filter(([, value]) => value));
    assert.throws(() => new Network({ model: { ...MODEL, ...model } }, given), { name: "Error", message: sentence });
  });
}

test("a picture of another size is told in a sentence", () => {
  assert.throws(() => network().stages(new Float32Array(32 * 32)), { name: "Error", message: /784 pixels, not 1024/ });
});
