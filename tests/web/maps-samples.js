// Values of maps for the tests, as small as they can be.

const SIDE = { stage: "act1", shape: [2, 1, 2, 3], classes: [], own: [], unread: [], fields: {} };

export function side(changes = {}) {
  return { ...SIDE, ...changes };
}

export function layer(changes = {}) {
  return {
    name: "act1",
    number: 1,
    kind: "maps",
    title: "Layer 1 · 2 maps of 2 × 3",
    note: "",
    scale: { low: 0, high: 5, signed: false },
    a: side(),
    b: null,
    apart: null,
    kernels: null,
    ...changes,
  };
}

export function mapsValue(changes = {}) {
  return {
    drawing: 1,
    revision: 1,
    phase: "after",
    scale: "layer",
    numbers: false,
    sort: false,
    pin: null,
    side: "a",
    note: "",
    a: "this picture",
    b: "",
    words: ["mnist-modern: reads digits"],
    network: null,
    other: null,
    prepared: true,
    mark: "mnist-modern:0",
    pictures: ["", ""],
    layers: [layer()],
    phases: {},
    cells: "",
    ...changes,
  };
}

// Cells as unpack() gives them, from the values of each channel.
export function cells(...channels) {
  return {
    lows: Float32Array.from(channels, (values) => Math.min(...values)),
    highs: Float32Array.from(channels, (values) => Math.max(...values)),
    steps: Float32Array.from(channels, () => 0.001),
    values: Float32Array.from(channels.flat()),
    area: channels[0].length,
  };
}
